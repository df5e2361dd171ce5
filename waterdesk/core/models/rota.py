"""What the duty roster is made from: patterns of shifts, leave, and the calendar feed of a person.

Written by core.duty.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.people import Area


class Pattern(models.Model):
    """排班规律: who in turn, from what time until what time, on which days; laid out into shifts.

    `people` are the ids of users, in turn. `weekdays` are 0 (Monday) to 6, none means all. A shift
    that does not end after it starts ends on the next day. `laid` are the ISO dates that it wanted
    when it was last laid out: a notice that comes later makes it want others.
    """

    in_history = True

    class On(models.TextChoices):
        ALL = "all", _("每天")
        WORKING = "working", _("仅工作日（含调休上班）")
        OFF = "off", _("仅休息日和节假日")
        APART = "apart", _("每天，工作日与休息日各自轮换")

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("片区"))
    people = models.JSONField(_("轮值人员"), default=list)
    starts = models.TimeField(_("上班时刻"))
    ends = models.TimeField(_("下班时刻"))
    on = models.CharField(_("哪些日子"), max_length=10, choices=On.choices, default=On.ALL)
    weekdays = models.JSONField(_("星期"), default=list, blank=True)
    every = models.PositiveSmallIntegerField(_("每几天一班"), default=1)
    first = models.DateField(_("从哪天起"))
    last = models.DateField(_("到哪天止"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    withdrawn_from = models.DateField(_("自哪天停用"), null=True, blank=True)
    laid = models.JSONField(_("已排日期"), default=list)
    # A digest of all it says: the same pattern applied again is the same row.
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("排班规律")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="pattern_ends_after_it_begins",
                condition=Q(last__gte=F("first")),
                violation_error_message=_("规律的结束日期不能早于开始日期。"),
            ),
            models.CheckConstraint(
                name="pattern_steps_forward",
                condition=Q(every__gte=1),
                violation_error_message=_("至少每 1 天一班。"),
            ),
            models.UniqueConstraint(
                name="pattern_once",
                fields=["digest"],
                condition=Q(withdrawn_from__isnull=True),
                violation_error_message=_("相同的排班规律已经存在。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.starts:%H:%M}–{self.ends:%H:%M} {self.first}–{self.last}"


class Leave(models.Model):
    """请假: one person is away from `starts_at` up to `ends_at` and never on duty meanwhile."""

    in_history = True

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="leaves", verbose_name=_("请假人")
    )
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    reason = models.CharField(_("事由"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("请假")
        ordering = ["starts_at", "id"]
        # Who is away now, or in a week of the roster.
        indexes = [models.Index(fields=["ends_at"], name="leave_by_end")]
        constraints = [
            models.CheckConstraint(
                name="leave_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("请假的结束必须晚于开始。"),
            ),
            ExclusionConstraint(
                name="leave_one_at_a_time",
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
                violation_error_message=_("此人这段时间已经请假。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_at:%F %R}"


class Feed(models.Model):
    """The calendar address of one person's own shifts; a new one ends the old one.

    Only a digest is kept: who reads this table cannot subscribe.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="duty_feed", verbose_name=_("用户")
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("生成时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("值班日历地址")

    def __str__(self) -> str:
        return f"{self.user_id} {self.made_at:%F %R}"
