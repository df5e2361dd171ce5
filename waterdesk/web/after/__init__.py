"""Pages of what comes after the work: the calls, the page behind the link, the satisfaction."""
