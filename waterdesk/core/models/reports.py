"""Reports of a month or a week and who wants them. `core.reports` alone writes these rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.breaches import JUDGES
from waterdesk.core.models.people import Area
from waterdesk.core.visibility import visible

if TYPE_CHECKING:
    from waterdesk.core.models.people import User


class Kind(models.TextChoices):
    MONTH = "month", _("月报")
    WEEK = "week", _("周报")


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> ReportQuerySet:
        """Those of a person's own area and of all below; none for whoever judges nothing."""
        return visible(self, user) if user.is_desk and user.role in JUDGES else self.none()


class Report(models.Model):
    """The report of one period and of one area with all below it, asked for once.

    Asked for again it is a new `version`; the old one stays. `areas` are the ids that it counted,
    None every area: a tree that is rearranged later changes nothing here. `figures` is what it
    says, by which a later count is compared; `differs` how many of them were other at
    `recounted_at`. Who works on it has it until `taken_until`; `tries` are the times somebody took
    it up. `pdf` and `xlsx` are the SHA-256 of its files and their names on the disk.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("排队中")
        MAKING = "making", _("正在生成")
        READY = "ready", _("已生成")
        FAILED = "failed", _("未能生成")

    kind = models.CharField(_("报告"), max_length=5, choices=Kind.choices)
    since = models.DateField(_("起日"))
    until = models.DateField(_("止日"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("片区"))
    areas = models.JSONField(null=True, blank=True)
    version = models.PositiveSmallIntegerField(_("版本"))
    # Nobody asked: the desk made it for its subscribers.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("由谁生成"),
    )  # fmt: skip
    at = models.DateTimeField(_("申请时间"))
    progress = models.PositiveSmallIntegerField(_("进度"), default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    taken_until = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(_("生成时间"), null=True)
    figures = models.JSONField(default=dict)
    pdf = models.CharField(_("PDF 的 SHA-256"), max_length=64, blank=True)
    xlsx = models.CharField(_("Excel 的 SHA-256"), max_length=64, blank=True)
    pdf_size = models.PositiveIntegerField(default=0)
    xlsx_size = models.PositiveIntegerField(default=0)
    differs = models.PositiveIntegerField(default=0)
    recounted_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("监督报告")
        indexes = [
            # What the worker has to do: nobody else reads by it.
            models.Index(
                fields=["id"], name="report_waiting", condition=Q(made_at=None, failed_at=None)
            ),
            # The list of reports, the newest period first.
            models.Index(fields=["-since", "-id"], name="report_listed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "since", "area", "version"], name="report_has_one_of_each_version"
            ),
            models.CheckConstraint(
                name="report_ends_after_it_begins", condition=Q(until__gte=F("since"))
            ),
            models.CheckConstraint(
                name="report_is_made_with_both_files",
                condition=Q(made_at=None, pdf="", xlsx="")
                | Q(made_at__isnull=False, failed_at=None) & ~Q(pdf="") & ~Q(xlsx=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since} {self.area_id} {self.version}"

    @property
    def state(self) -> State:
        if self.made_at is not None:
            return self.State.READY
        if self.failed_at is not None:
            return self.State.FAILED
        return self.State.MAKING if self.tries else self.State.WAITING

    @property
    def is_moving(self) -> bool:
        return self.state in (self.State.WAITING, self.State.MAKING)


class Subscription(models.Model):
    """Somebody who is told when the month's or the week's report of an area is there."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(_("报告"), max_length=5, choices=Kind.choices)
    area = models.ForeignKey(Area, models.CASCADE, related_name="+", verbose_name=_("片区"))
    at = models.DateTimeField(_("订阅时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("报告订阅")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "area", "user"], name="subscription_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.area_id} {self.user_id}"
