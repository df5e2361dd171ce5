"""外勤手机: one person's jobs on a phone that may have no network, and what came in late."""
