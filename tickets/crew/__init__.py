"""外勤: what is a ticket's own of the crew's work."""
