"""Configuration of the hotline; tickets and articles have no form here."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from tickets.models import Emergency, SubjectQuestion, WrapUp
from waterdesk.core.admin import Configuration


@admin.register(SubjectQuestion)
class SubjectQuestionAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["label", "subject", "code", "kind", "required", "source"]
    list_filter: ClassVar[list[str]] = ["subject", "kind"]


@admin.register(Emergency)
class EmergencyAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["name", "code", "instruction", "source"]


@admin.register(WrapUp)
class WrapUpAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["label", "code", "alone", "position", "source"]
