"""外勤手机: what a phone did while it had no network, and when that really was."""
