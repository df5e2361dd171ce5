"""What callers are asked about each subject, and the words that make a call an emergency."""
