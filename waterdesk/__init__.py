"""A service desk for water utilities."""

__version__ = "0.1.0"
