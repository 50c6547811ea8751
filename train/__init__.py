"""How the reader was made; nothing here is needed to use it."""
