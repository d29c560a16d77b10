"""Activator: derives from what came of payments whether a user may use the products."""
