"""The sandbox: a payment provider of our own with a durable ledger, and Billow's client for it. See docs/sandbox.md."""
