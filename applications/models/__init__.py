"""The rows of applications, one file an idea."""

from applications.models.application import KIND, Application
from applications.models.burdens import EndedDay
from applications.models.classes import CustomerClass
from applications.models.contracts import Contract, ContractPaper, ContractTemplate, SigningCode
from applications.models.facts import FactsDue, FetchedFact
from applications.models.fees import FeePrice, FeeWaiver, Payment, Quote
from applications.models.jobs import Job
from applications.models.opening import AccountOpening
from applications.models.permits import Permit, PermitKind
from applications.models.projects import (
    Project,
    ProjectChange,
    ProjectImport,
    ProjectReminder,
    ProjectStage,
)
from applications.models.services import ServiceRow
from applications.models.standing import Standing
from applications.models.visits import VisitWindow

__all__ = [
    "KIND",
    "AccountOpening",
    "Application",
    "Contract",
    "ContractPaper",
    "ContractTemplate",
    "CustomerClass",
    "EndedDay",
    "FactsDue",
    "FeePrice",
    "FeeWaiver",
    "FetchedFact",
    "Job",
    "Payment",
    "Permit",
    "PermitKind",
    "Project",
    "ProjectChange",
    "ProjectImport",
    "ProjectReminder",
    "ProjectStage",
    "Quote",
    "ServiceRow",
    "SigningCode",
    "Standing",
    "VisitWindow",
]
