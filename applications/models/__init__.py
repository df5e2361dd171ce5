"""The rows of applications, one file an idea."""

from applications.models.application import KIND, Application
from applications.models.classes import CustomerClass

__all__ = ["KIND", "Application", "CustomerClass"]
