"""Who said what: direct quotations and reported speech in an article, found by rules."""
