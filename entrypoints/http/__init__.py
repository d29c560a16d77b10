"""One module for each role, all written with the kit."""
