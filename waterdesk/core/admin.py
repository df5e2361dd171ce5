"""Configuration in the admin. Cases, clocks and the record are read there, never written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core.admin_forms import AreaForm, CalendarForm, DaysFormSet, PromiseForm
from waterdesk.core.models import (
    AnomalyRule,
    Area,
    CalendarDay,
    Case,
    Goal,
    Ladder,
    Promise,
    Reason,
    Subject,
    User,
    Utility,
    WorkCalendar,
)
from waterdesk.core.promise_rows import faults_without

admin.site.site_header = admin.site.site_title = _("waterdesk 管理")


class ReadOnly(admin.ModelAdmin):
    """What only the door may write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Configuration(admin.ModelAdmin):
    """Rows that every process holds in memory: deleting several at once is told as well."""

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        Utility.touch()


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
class AreaAdmin(Configuration):
    form = AreaForm
    list_display = ("name", "code", "level", "parent", "calendar", "outskirts")
    list_filter = ("level",)
    search_fields = ("name", "code")


class DayInline(admin.TabularInline):
    model = CalendarDay
    formset = DaysFormSet
    extra = 1


@admin.register(WorkCalendar)
class CalendarAdmin(Configuration):
    form = CalendarForm
    list_display = ("name", "code", "tz", "published_until")
    inlines = (DayInline,)


@admin.register(Ladder)
class LadderAdmin(Configuration):
    list_display = ("name", "code")
    fieldsets = (
        (
            None,
            {
                "fields": ("code", "name", "levels", "source"),
                "description": _(
                    "计时在起算时抄下阶梯：这里的修改只对此后起算的计时生效，"
                    "正在计时的仍按原来的阶梯走完。"
                ),
            },
        ),
    )


@admin.register(Promise)
class PromiseAdmin(Configuration):
    form = PromiseForm
    list_display = ("name", "kind", "code", "amount", "unit", "version", "effective_from")
    list_filter = ("kind", "code", "unit")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        about = _(
            "计时在起算时抄下时限、停表原因和阶梯：这里的修改只对此后起算的计时生效，"
            "正在计时的不变。"
        )
        return [(None, {"fields": self.get_fields(request, obj), "description": about})]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Refuse, one or many, what would leave a case without a promise, naming the gap.

        What stands among the protected cannot be deleted, on the page of one and of many.
        """
        gone, counts, perms, protected = super().get_deleted_objects(objs, request)
        faults = faults_without([each.pk for each in objs], timezone.now())
        if faults:
            how = _("删除后有办件不再有任何承诺。要停止一项承诺，请填写它的失效时间。")
            self.message_user(request, how, messages.ERROR)
        return gone, counts, perms, [*protected, *map(str, faults)]


@admin.register(Reason)
class ReasonAdmin(Configuration):
    list_display = ("label", "use", "code", "position")
    list_filter = ("use",)


@admin.register(Subject)
class SubjectAdmin(Configuration):
    list_display = ("name", "kind", "code", "urgent", "position")
    list_filter = ("kind",)


@admin.register(AnomalyRule)
class AnomalyRuleAdmin(Configuration):
    """Which rules there are is code: here they are switched on and off, and their limits set."""

    list_display = ("__str__", "code", "enabled", "limits")
    readonly_fields = ("code",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Goal)
class GoalAdmin(Configuration):
    list_display = ("measure", "area", "value", "source")
    list_filter = ("measure",)


@admin.register(Case)
class CaseAdmin(ReadOnly):
    list_display = ("number", "kind", "subject", "status", "area", "opened_at")
    list_filter = ("kind",)
    search_fields = ("number",)
    show_full_result_count = False
