"""Payment: saves cards, turns a request into charges, settles what comes back, and reminds those who owe."""
