"""Payment's tables."""
