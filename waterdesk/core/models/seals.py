"""封签: one row a day over everything recorded on it, and the runs that check the record.

PostgreSQL refuses to change or remove a seal (migration 0079).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Seal(models.Model):
    """The root over the digests of one day's events, in order of id, and the seal before it.

    The day is that of `recorded_at`, from `begins_at` to before `ends_at`: what is written down
    late belongs to the day it was written down. How the root is reckoned: core.sealing.tree.
    """

    day = models.DateField(_("日期"), primary_key=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    count = models.PositiveIntegerField(_("留痕条数"))
    first_id = models.BigIntegerField(null=True)
    last_id = models.BigIntegerField(null=True)
    root = models.CharField(_("根摘要"), max_length=64)
    previous = models.CharField(_("上一封签"), max_length=64, blank=True)
    digest = models.CharField(_("封签摘要"), max_length=64)
    # Ed25519 over the digest; "" where the desk has no key.
    signature = models.CharField(_("签名"), max_length=128, blank=True)
    made_at = models.DateTimeField(_("封签时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("封签")
        ordering = ["-day"]
        constraints = [
            # A chain has no fork.
            models.UniqueConstraint(name="seal_follows_one", fields=["previous"]),
            models.CheckConstraint(
                name="seal_of_a_whole_day", condition=Q(ends_at__gt=models.F("begins_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.digest[:16]}"


class Verification(models.Model):
    """One run that checks the record: how far it is, and what it found."""

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("开始时间"))
    since = models.DateField(_("自（含）"), null=True, blank=True)
    # The last case that was looked at; the next slice begins after it.
    reached = models.CharField(max_length=24, blank=True)
    looked = models.PositiveIntegerField(_("已核对"), default=0)
    expected = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(_("问题"), default=0)
    # The first of them, as pairs of a code and a place: see core.sealing.findings.
    findings = models.JSONField(default=list)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    taken_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("留痕核验")
        indexes = [
            # The worker looks for what waits; few rows.
            models.Index(
                fields=["id"], name="verification_waiting", condition=Q(finished_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M} {self.found}"
