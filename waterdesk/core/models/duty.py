"""值班表: who is on duty, where and when, and who changed it. Written by core.duty."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Exists, F, Func, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.people import Area, Role
from waterdesk.core.models.rota import Leave, Pattern


class ShiftQuerySet(models.QuerySet["Shift"]):
    def at(self, now: datetime) -> ShiftQuerySet:
        """The shifts that hold at `now`; where one ends, it holds no more."""
        return self.filter(starts_at__lte=now, ends_at__gt=now)

    def touching(self, since: datetime, until: datetime) -> ShiftQuerySet:
        return self.filter(starts_at__lt=until, ends_at__gt=since)

    def on_duty(self, now: datetime) -> ShiftQuerySet:
        """The shifts whose people are there at `now`: neither gone for good nor away."""
        away = Leave.objects.filter(user=OuterRef("user"), starts_at__lte=now, ends_at__gt=now)
        return self.at(now).filter(user__is_active=True).exclude(Exists(away))

    def vacant(self) -> ShiftQuerySet:
        """The shifts whose people have left, or are away for some part of it."""
        away = Leave.objects.filter(
            user=OuterRef("user"),
            starts_at__lt=OuterRef("ends_at"),
            ends_at__gt=OuterRef("starts_at"),
        )
        return self.filter(Q(Exists(away)) | Q(user__is_active=False))


class Shift(models.Model):
    """班次: one person on duty for one area, from `starts_at` up to `ends_at`."""

    in_history = True

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("片区"))
    role = models.CharField(_("岗位"), max_length=12, choices=Role.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="shifts", verbose_name=_("值班人")
    )
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    pattern = models.ForeignKey(
        Pattern, models.PROTECT, null=True, blank=True, related_name="shifts",
        verbose_name=_("排班规律"),
    )  # fmt: skip
    # The day of its pattern that it stands for, also after its times were changed.
    day = models.DateField(_("规律中的日期"), null=True, blank=True)

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
            models.CheckConstraint(
                name="shift_of_a_pattern_has_a_day",
                condition=Q(pattern__isnull=True, day__isnull=True)
                | Q(pattern__isnull=False, day__isnull=False),
                violation_error_message=_("由规律排出的班次必须有日期。"),
            ),
            # A pattern that is laid out twice adds nothing twice.
            models.UniqueConstraint(
                name="shift_once_a_day_of_a_pattern",
                fields=["pattern", "day"],
                violation_error_message=_("该规律在这一天已有班次。"),
            ),
        ]

    @property
    def seen(self) -> str:
        """What somebody saw of it, to tell whether it is still so."""
        said = (self.pk, self.area_id, self.user_id, self.starts_at, self.ends_at)
        text = "|".join(
            str(each.timestamp() if isinstance(each, datetime) else each) for each in said
        )
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def __str__(self) -> str:
        return f"{self.area_id} {self.user_id} {self.starts_at:%F %R}"


class RosterChange(models.Model):
    """One change of the roster: who made it, when, and the shifts as they were and became."""

    class Action(models.TextChoices):
        ADD = "add", _("增加班次")
        SWAP = "swap", _("换班")
        REMOVE = "remove", _("取消班次")
        EDIT = "edit", _("更改班次")
        MOVE = "move", _("调整片区")
        REPLACE = "replace", _("替班")
        LAY_OUT = "lay_out", _("按规律排班")
        LAY_ANEW = "lay_anew", _("按日历重排")
        WITHDRAW = "withdraw", _("停用规律")
        LEAVE = "leave", _("请假")
        BACK = "back", _("销假")

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
