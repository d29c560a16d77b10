"""The activator's schema."""
