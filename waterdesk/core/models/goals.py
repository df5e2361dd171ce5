"""目标: what a figure should reach, for the whole utility or for one area and all below it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.config import Configured
from waterdesk.core.models.people import Area
from waterdesk.core.models.promises import Promise


class Measure(models.TextChoices):
    """What has a goal beside the promises, whose own codes are measures as well."""

    TICKETS = "tickets", _("工单承诺按时率（%）")
    NET = "two-step-net", _("两环节净用时中位数（小时）")
    FOUR_ZEROS = "four-zeros", _("四零达标率（%）")
    CALLS_SOON = "calls-soon", _("20 秒接通率（%）")
    CALLS_MISSED = "calls-missed", _("来电放弃率（%）")
    CALLED_BACK = "called-back", _("回访及时完成率（%）")
    PLEASED = "pleased", _("满意率（%）")


# Of these little is good; of all others, much.
AT_MOST = frozenset({Measure.NET.value, Measure.CALLS_MISSED.value})
# Hours; all others are per cent.
IN_HOURS = frozenset({Measure.NET.value})


class Goal(Configured):
    """One goal: `measure` is a Measure or the code of a promise, `area` None the whole utility."""

    measure = models.CharField(
        _("指标"), max_length=40,
        help_text=_("承诺的编码（如 two-step、arrive，为其按时率），或 tickets、two-step-net、"
                    "four-zeros、calls-soon、calls-missed、called-back、pleased。"),
    )  # fmt: skip
    area = models.ForeignKey(
        Area, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("片区"),
        help_text=_("留空为全公司；片区没有自己的目标时，沿用上级的。"),
    )  # fmt: skip
    value = models.DecimalField(_("目标值"), max_digits=6, decimal_places=2)
    source = models.CharField(_("出处"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("指标目标")
        ordering = ["measure", "area"]
        constraints = [
            models.UniqueConstraint(
                name="goal_one_a_measure_and_area",
                fields=["measure", "area"],
                nulls_distinct=False,
                violation_error_message=_("这个片区的这项指标已有目标。"),
            ),
            models.CheckConstraint(
                name="goal_is_reachable",
                condition=Q(value__gte=0) & (Q(value__lte=100) | Q(measure__in=sorted(IN_HOURS))),
                violation_error_message=_("百分比目标在 0 到 100 之间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value}"

    def clean(self) -> None:
        """Raises ValidationError for a measure that no page has."""
        known = self.measure in Measure.values
        if not known and not Promise.objects.filter(code=self.measure).exists():
            raise ValidationError({"measure": _("没有这项指标。")})
