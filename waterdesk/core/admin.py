"""Configuration in the admin. Cases, clocks and the record are read there, never written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from waterdesk.core import policy
from waterdesk.core.models import (
    Area,
    CalendarDay,
    Case,
    Ladder,
    Promise,
    Reason,
    Subject,
    User,
    Utility,
    WorkCalendar,
)
from waterdesk.core.promise_rows import faults_with

admin.site.site_header = admin.site.site_title = _("waterdesk 管理")


class ReadOnly(admin.ModelAdmin):
    """What only the door may write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class StaffAdmin(UserAdmin):
    list_display = ("username", "name", "role", "area", "phone", "is_active")
    list_filter = ("role", "is_active", "area")
    search_fields = ("username", "name", "phone")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("人员"), {"fields": ("name", "role", "area", "phone")}),
        (_("权限"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "name", "role", "area", "password1", "password2")}),
    )


@admin.register(Utility)
class UtilityAdmin(admin.ModelAdmin):
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        Utility.touch()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Area)
class AreaAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "level", "parent", "calendar", "outskirts")
    list_filter = ("level",)
    search_fields = ("name", "code")


class DayInline(admin.TabularInline):
    model = CalendarDay
    extra = 1


class CalendarForm(forms.ModelForm):
    """Refuses windows that make no sense, and a calendar that never opens."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "weekly" in cleaned and "tz" in cleaned:
            try:
                policy.calendar(cleaned["weekly"], {}, cleaned["tz"])
            except (AttributeError, TypeError, ValueError) as fault:
                message = _("日历没有开放时段，或时段有误：%(fault)s") % {"fault": fault}
                self.add_error("weekly", message)
        return cleaned


@admin.register(WorkCalendar)
class CalendarAdmin(admin.ModelAdmin):
    form = CalendarForm
    list_display = ("name", "code", "tz", "published_until")
    inlines = (DayInline,)


@admin.register(Ladder)
class LadderAdmin(admin.ModelAdmin):
    list_display = ("name", "code")


class PromiseForm(forms.ModelForm):
    """Refuses a promise that ties with another, leaves a gap, or names what nobody knows."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            for fault in faults_with(self.instance):
                whose = fault.field if fault.field in self.fields else None
                self.add_error(whose, str(fault))


@admin.register(Promise)
class PromiseAdmin(admin.ModelAdmin):
    form = PromiseForm
    list_display = ("name", "kind", "code", "amount", "unit", "version", "effective_from")
    list_filter = ("kind", "code", "unit")


@admin.register(Reason)
class ReasonAdmin(admin.ModelAdmin):
    list_display = ("label", "use", "code", "position")
    list_filter = ("use",)


@admin.register(Subject)
class SubjectAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "code", "urgent", "position")
    list_filter = ("kind",)


@admin.register(Case)
class CaseAdmin(ReadOnly):
    list_display = ("number", "kind", "subject", "status", "area", "opened_at")
    list_filter = ("kind",)
    search_fields = ("number",)
    show_full_result_count = False
