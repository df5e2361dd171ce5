"""Configuration of applications; they themselves have no form here, the door writes them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from applications.contracts import admin as contracts
from applications.fees import admin as fees
from applications.models import CustomerClass, ProjectReminder, ProjectStage, VisitWindow
from applications.permits import admin as permits
from waterdesk.core.admin import Configuration

# Each registers its own.
__all__ = ["CustomerClassAdmin", "contracts", "fees", "permits"]


@admin.register(CustomerClass)
class CustomerClassAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["name", "use", "least_mm", "most_mm", "source"]


@admin.register(ProjectStage)
class ProjectStageAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["name", "code", "means", "position"]


@admin.register(ProjectReminder)
class ProjectReminderAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["days", "source"]


@admin.register(VisitWindow)
class VisitWindowAdmin(admin.ModelAdmin):
    list_display: ClassVar[list[str]] = ["area", "starts", "ends", "capacity", "active", "source"]
    list_filter: ClassVar[list[str]] = ["area"]
