"""转办单: what 12345 and others ordered, as a list, as files that come in and go out."""
