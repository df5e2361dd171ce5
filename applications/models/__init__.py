"""The rows of applications, one file an idea."""

from applications.models.application import KIND, Application
from applications.models.classes import CustomerClass
from applications.models.opening import AccountOpening

__all__ = ["KIND", "AccountOpening", "Application", "CustomerClass"]
