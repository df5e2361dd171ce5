"""值班表: who is on duty, where and when, and who changed it. Written by core.duty."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.people import Area, Role


class ShiftQuerySet(models.QuerySet["Shift"]):
    def at(self, now: datetime) -> ShiftQuerySet:
        """The shifts that hold at `now`; where one ends, it holds no more."""
        return self.filter(starts_at__lte=now, ends_at__gt=now)

    def touching(self, since: datetime, until: datetime) -> ShiftQuerySet:
        return self.filter(starts_at__lt=until, ends_at__gt=since)


class Shift(models.Model):
    """班次: one person on duty for one area, from `starts_at` up to `ends_at`."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("片区"))
    role = models.CharField(_("岗位"), max_length=12, choices=Role.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="shifts", verbose_name=_("值班人")
    )
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("班次")
        ordering = ["starts_at", "id"]
        # "Who is on duty now", and a week of the roster.
        indexes = [models.Index(fields=["ends_at", "area"], name="shift_by_end")]
        constraints = [
            models.CheckConstraint(
                name="shift_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("班次的结束必须晚于开始。"),
            ),
            # Two ranges, so that it needs no extension. Checked when a statement ends: a swap
            # changes two shifts in one.
            ExclusionConstraint(
                name="shift_one_at_a_time",
                expressions=[
                    (
                        Func(F("user"), F("user"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message=_("此人这段时间已有班次。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.user_id} {self.starts_at:%F %R}"


class RosterChange(models.Model):
    """One change of the roster: who made it, when, and the shifts as they were and became."""

    class Action(models.TextChoices):
        ADD = "add", _("增加班次")
        SWAP = "swap", _("换班")
        REMOVE = "remove", _("取消班次")

    at = models.DateTimeField(_("时间"))
    actor = models.CharField(_("操作人"), max_length=150)
    action = models.CharField(_("动作"), max_length=10, choices=Action.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("片区"))
    data = models.JSONField(_("内容"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("值班表变更")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%F %R}"
