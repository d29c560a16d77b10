"""Notifier: invoices, e-mail and SMS."""
