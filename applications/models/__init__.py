"""The rows of applications, one file an idea."""

from applications.models.application import KIND, Application
from applications.models.classes import CustomerClass
from applications.models.facts import FactsDue, FetchedFact

__all__ = ["KIND", "Application", "CustomerClass", "FactsDue", "FetchedFact"]
