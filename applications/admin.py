"""Configuration of applications; they themselves have no form here, the door writes them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from applications.contracts import admin as contracts  # noqa: F401  registers its own
from applications.fees import admin as fees
from applications.models import CustomerClass
from waterdesk.core.admin import Configuration

__all__ = ["CustomerClassAdmin", "fees"]


@admin.register(CustomerClass)
class CustomerClassAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["name", "use", "least_mm", "most_mm", "source"]
