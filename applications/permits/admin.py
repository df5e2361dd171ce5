"""Kinds of permits in the admin; permits themselves have no form, the door writes them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from applications.models import PermitKind
from waterdesk.core.admin import Configuration


@admin.register(PermitKind)
class PermitKindAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["name", "authority", "amount", "unit", "source"]
