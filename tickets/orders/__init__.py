"""转办单: orders of 12345 and others, from receipt over signing to the answer or the return."""
