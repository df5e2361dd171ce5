"""许可 as staff see them: the card of a case, and the list of what authorities owe."""
