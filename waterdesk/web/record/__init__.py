"""The record for supervisors: its seals, checking it, and who read what in full."""
