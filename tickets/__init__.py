"""Hotline requests."""
