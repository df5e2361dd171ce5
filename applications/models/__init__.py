"""The rows of applications, one file an idea."""

from applications.models.application import KIND, Application
from applications.models.classes import CustomerClass
from applications.models.fees import FeePrice, FeeWaiver, Payment, Quote

__all__ = ["KIND", "Application", "CustomerClass", "FeePrice", "FeeWaiver", "Payment", "Quote"]
