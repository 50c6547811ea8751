"""What is asked: words become dates, a plan, and a question that stands alone."""
