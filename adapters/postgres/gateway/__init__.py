"""A gateway's schema."""
