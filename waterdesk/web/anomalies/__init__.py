"""疑点: what deserves a second look, and who has looked."""
