"""What is said: evidence, and the answer that is read out of it or written from it, checked."""
