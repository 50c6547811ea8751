"""What is found: passages that may hold the answer, ranked."""
