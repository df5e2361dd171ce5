"""/desk/duty/: the duty roster. Leads keep it, everybody sees the own shifts."""
