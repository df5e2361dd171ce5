"""Work calendars as rows: weekly windows, and single days that differ from them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.config import Configured


class WorkCalendar(Configured):
    """工作日历. `weekly` maps mon … sun to windows [["08:30", "12:00"], …] of local time."""

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    tz = models.CharField(_("时区"), max_length=40, default="Asia/Shanghai")
    weekly = models.JSONField(_("每周时段"), default=dict)
    published_until = models.DateField(
        _("放假安排公布至"), null=True, blank=True,
        help_text=_("此日之后的到期时间为暂定；留空表示与放假安排无关。"),
    )  # fmt: skip
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("工作日历")

    def __str__(self) -> str:
        return self.name


class CalendarDay(Configured):
    """One day that differs from the week: windows [] is a day off, others a make-up workday."""

    calendar = models.ForeignKey(
        WorkCalendar, models.CASCADE, related_name="days", verbose_name=_("工作日历")
    )
    date = models.DateField(_("日期"))
    windows = models.JSONField(_("时段"), default=list, blank=True)
    name = models.CharField(_("名称"), max_length=40, blank=True)
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("日历特殊日")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(name="calendar_day_once", fields=["calendar", "date"]),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
