"""已核实的信息: what was fetched from elsewhere about an application, and when to ask next."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application


class FetchedFact(models.Model):
    """One fact of one application: which source was asked, how it answered, what of it is needed.

    `outcome` is "known" or why it is not (applications.sources.outcomes.Why). `value` holds only
    what a decision needs: never a name, a number of identity or an address of somebody else. Only
    the door writes these rows.
    """

    case = models.ForeignKey(
        Application, models.CASCADE, related_name="fetched", verbose_name=_("办件"),
        db_index=False,  # the unique key begins with it
    )  # fmt: skip
    code = models.CharField(_("信息"), max_length=20)
    source = models.CharField(_("来源"), max_length=20)
    outcome = models.CharField(_("结果"), max_length=20)
    value = models.JSONField(_("内容"), default=dict, blank=True)
    fetched_at = models.DateTimeField(_("查询时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("已核实的信息")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="fetched_fact_once_a_case", fields=["case", "code"]),
            models.CheckConstraint(
                name="fetched_fact_known_has_a_value",
                condition=(Q(outcome="known") & ~Q(value={})) | (~Q(outcome="known") & Q(value={})),
                violation_error_message=_("只有已查到的信息才有内容。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.code} {self.outcome}"


class FactsDue(models.Model):
    """When the sources are to be asked about an application; made with it, if any is connected.

    `next_at` None: nothing more to ask. `tries` counts how often they were asked. While a worker
    asks, `next_at` is the end of its lease, so that a killed one's work is found again.
    """

    case = models.OneToOneField(
        Application, models.CASCADE, primary_key=True, related_name="facts_due",
        verbose_name=_("办件"),
    )  # fmt: skip
    next_at = models.DateTimeField(_("下次查询时间"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("已查询次数"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("待查询的信息")
        indexes = [
            # The tick reads it and nothing else does: its cost follows what is due.
            models.Index(
                fields=["next_at"], name="facts_due_next", condition=Q(next_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.next_at}"
