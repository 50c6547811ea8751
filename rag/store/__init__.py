"""What is kept: the catalog is the truth, the vectors can be rebuilt from it at any time."""
