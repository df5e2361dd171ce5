"""预约时段: when somebody can come, as the utility offers it."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.people import Area


class VisitWindow(models.Model):
    """One window of a day in which somebody comes, offered in an area and all below it.

    An area with rows of its own does not have those above. `days` are "mon" … "sun"; `capacity` is
    how many can be booked for it in one grid. It can be booked from `days_ahead` days before until
    `notice_minutes` before it begins; a customer changes or cancels it until `change_hours` before.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("片区"))
    days = models.JSONField(_("星期"), help_text=_('如 ["mon", "tue"]。'))
    starts = models.TimeField(_("开始"))
    ends = models.TimeField(_("结束"))
    capacity = models.PositiveSmallIntegerField(
        _("每网格可约件数"), default=2, validators=[MinValueValidator(1)]
    )
    days_ahead = models.PositiveSmallIntegerField(_("最多提前几天"), default=14)
    notice_minutes = models.PositiveSmallIntegerField(_("最少提前几分钟"), default=120)
    change_hours = models.PositiveSmallIntegerField(_("客户几小时前可改约"), default=4)
    active = models.BooleanField(_("启用"), default=True)
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("预约时段")
        ordering = ["area", "starts"]
        constraints = [
            models.CheckConstraint(
                name="visit_window_ends_after_it_starts",
                condition=Q(ends__gt=F("starts")),
                violation_error_message=_("时段的结束必须晚于开始。"),
            ),
            models.UniqueConstraint(name="visit_window_once", fields=["area", "starts", "ends"]),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.starts:%R}–{self.ends:%R}"
