"""How fast: Dateline and what people would build instead, side by side in one run (`make bench-quick`, `make bench`)."""
