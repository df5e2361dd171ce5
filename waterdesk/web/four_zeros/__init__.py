"""四零: the card of a case, and /desk/four-zeros/, how many cases cost their customers nothing."""
