"""The rows of applications, one file an idea."""

from applications.models.application import KIND, Application
from applications.models.classes import CustomerClass
from applications.models.projects import (
    Project,
    ProjectChange,
    ProjectImport,
    ProjectReminder,
    ProjectStage,
)

__all__ = [
    "KIND",
    "Application",
    "CustomerClass",
    "Project",
    "ProjectChange",
    "ProjectImport",
    "ProjectReminder",
    "ProjectStage",
]
