"""Inbox, outbox, retries: the tables every role has."""
