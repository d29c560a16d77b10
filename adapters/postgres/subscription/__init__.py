"""The subscription role's schema."""
