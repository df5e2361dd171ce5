"""Configuration of the hotline; tickets and articles have no form here."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from tickets.models import (
    DispatchRule,
    Emergency,
    OrderSource,
    OutageRule,
    Skill,
    SubjectQuestion,
    WrapUp,
)
from waterdesk.core.admin import Configuration


@admin.register(SubjectQuestion)
class SubjectQuestionAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["label", "subject", "code", "kind", "required", "source"]
    list_filter: ClassVar[list[str]] = ["subject", "kind"]


@admin.register(Emergency)
class EmergencyAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["name", "code", "instruction", "source"]


@admin.register(DispatchRule)
class DispatchRuleAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["subject", "skill", "accept_minutes", "source"]


@admin.register(Skill)
class SkillAdmin(admin.ModelAdmin):
    list_display: ClassVar[list[str]] = ["user", "code"]
    list_filter: ClassVar[list[str]] = ["code"]
    autocomplete_fields: ClassVar[list[str]] = ["user"]


@admin.register(OrderSource)
class OrderSourceAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["name", "code", "return_hours", "source"]


@admin.register(OutageRule)
class OutageRuleAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["longer_than_hours", "notice_hours", "source"]


@admin.register(WrapUp)
class WrapUpAdmin(Configuration):
    list_display: ClassVar[list[str]] = ["label", "code", "alone", "position", "source"]
