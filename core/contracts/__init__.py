"""Every message that travels: one module for each topic."""
