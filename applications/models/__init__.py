"""The rows of applications, one file an idea."""

from applications.models.application import KIND, Application
from applications.models.classes import CustomerClass
from applications.models.contracts import Contract, ContractPaper, ContractTemplate, SigningCode

__all__ = [
    "KIND",
    "Application",
    "Contract",
    "ContractPaper",
    "ContractTemplate",
    "CustomerClass",
    "SigningCode",
]
