"""Requests from the service catalogue."""
