"""Pages and reports that read both kinds of case."""
