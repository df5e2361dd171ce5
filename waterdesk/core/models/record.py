"""留痕: the append-only record. PostgreSQL itself refuses UPDATE and DELETE (migration 0002)."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One fact about one case: codes and values, never translated labels.

    `at` is when it was true, `recorded_at` when it was written down. Each row carries the digest
    of the row before it in the same case; see core.record.
    """

    case = models.CharField(_("编号"), max_length=24)
    seq = models.PositiveIntegerField(_("序号"))
    at = models.DateTimeField(_("发生时间"))
    recorded_at = models.DateTimeField(_("记录时间"))
    actor = models.CharField(_("操作人"), max_length=150, blank=True)
    role = models.CharField(_("角色"), max_length=12, blank=True)
    action = models.CharField(_("动作"), max_length=40)
    data = models.JSONField(_("内容"), default=dict)
    previous = models.CharField(_("上一摘要"), max_length=64, blank=True)
    digest = models.CharField(_("摘要"), max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("留痕")
        ordering = ["case", "seq"]
        indexes = [
            # What was written down in a period, the events of a day for its seal: rows lie in the
            # order in which they were recorded.
            BrinIndex(fields=["recorded_at"], name="event_recorded", autosummarize=True),
            # Who rang again, and what was opened again, of the last weeks: few rows.
            models.Index(
                fields=["recorded_at", "case"], name="event_again",
                condition=Q(action__in=["chase", "reopen", "reinstate"]),
            ),
        ]  # fmt: skip
        constraints = [models.UniqueConstraint(name="event_seq_once", fields=["case", "seq"])]

    def __str__(self) -> str:
        return f"{self.case}#{self.seq} {self.action}"
