"""转办单: what 12345 and others order, by their own numbers, and the files they come in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.config import Configured

NUMBER_LENGTH = 40


class Term(models.TextChoices):
    """By when an order is to be answered; how long that is the promises say."""

    SAME_DAY = "same-day", _("当日")
    DAYS_3 = "wd3", _("3 个工作日")
    DAYS_5 = "wd5", _("5 个工作日")
    DAYS_13 = "wd13", _("13 个工作日")


class OrderSource(Configured):
    """Whoever orders. `return_hours`: how long after receipt a signed order may still go back."""

    code = models.SlugField(_("编码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    return_hours = models.PositiveSmallIntegerField(_("签收后可退单（收到后几小时内）"), default=0)
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("转办来源")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """One order and its ticket. Written by the door, with the move that signs or answers it."""

    case = models.OneToOneField("core.Case", models.PROTECT, related_name="order")
    source = models.CharField(_("来源"), max_length=20)
    number = models.CharField(_("来源单号"), max_length=NUMBER_LENGTH)
    title = models.CharField(_("标题"), max_length=100, blank=True)
    term = models.CharField(_("办理时限"), max_length=10, choices=Term.choices)
    received_at = models.DateTimeField(_("转来时间"))
    signed_at = models.DateTimeField(_("签收时间"), null=True)
    answered_at = models.DateTimeField(_("回复时间"), null=True)
    answer = models.CharField(_("回复内容"), max_length=2000, blank=True)
    returned_at = models.DateTimeField(_("退单时间"), null=True)
    reason = models.CharField(_("退单原因"), max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("转办单")
        constraints = [
            models.UniqueConstraint(
                name="order_number_once_a_source",
                fields=["source", "number"],
                violation_error_message=_("该来源已有这个单号。"),
            ),
            models.CheckConstraint(name="order_has_a_number", condition=~Q(number="")),
            models.CheckConstraint(
                name="order_term_known",
                condition=Q(term__in=["same-day", "wd3", "wd5", "wd13"]),
            ),
            models.CheckConstraint(
                name="order_answered_or_returned",
                condition=Q(answered_at__isnull=True) | Q(returned_at__isnull=True),
            ),
        ]
        indexes = [
            # What was answered or returned since the last export.
            models.Index(
                fields=["answered_at"], name="order_answered",
                condition=Q(answered_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.source} {self.number}"

    @property
    def state(self) -> str:
        """waiting, signed, answered or returned."""
        if self.returned_at is not None:
            return "returned"
        if self.answered_at is not None:
            return "answered"
        return "waiting" if self.signed_at is None else "signed"


class OrderImport(models.Model):
    """A file of orders that was read and waits to be agreed to, with its cells as they came."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("操作人")
    )
    at = models.DateTimeField(_("时间"))
    name = models.CharField(_("文件名"), max_length=120)
    columns = models.JSONField(default=list)
    cells = models.JSONField(default=list)
    ignored = models.JSONField(default=list)
    applied_at = models.DateTimeField(_("导入时间"), null=True)
    added = models.PositiveIntegerField(_("新增"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("转办单导入")
        constraints = [
            models.CheckConstraint(
                name="order_import_applied_after_read",
                condition=Q(applied_at__isnull=True) | Q(applied_at__gte=F("at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
