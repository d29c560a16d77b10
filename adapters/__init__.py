"""One folder for each technology; adapters never import each other."""
