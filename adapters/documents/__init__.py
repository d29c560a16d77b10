"""Invoices as PDF: words and figures by locale, laid out by WeasyPrint in worker processes that can be killed."""
