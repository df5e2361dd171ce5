"""疑点: rules that look for what deserves a second look. None of them accuses anybody."""
