"""收费: what is charged, when it is waived, what a case was quoted, and what was paid for it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from applications.models.application import Application
from waterdesk.core.models.config import Configured


class Side(models.TextChoices):
    """On which side of the red line of the customer's land something is built."""

    OUTSIDE = "outside", _("红线外")
    INSIDE = "inside", _("红线内")


class FeeRow(Configured):
    """One version of a rule about fees. Several rows share a code; the one that says most wins.

    `conditions` holds facts of a case that must hold: {"calibre_lt": 100}. Both ends of the time
    in which a row holds may be open; it begins with the instant `effective_from`.
    """

    code = models.SlugField(_("编码"), max_length=40)
    name = models.CharField(_("名称"), max_length=60)
    side = models.CharField(
        _("红线内外"), max_length=8, choices=Side.choices, default=Side.OUTSIDE.value
    )
    conditions = models.JSONField(_("适用条件"), default=dict, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    effective_from = models.DateTimeField(_("生效时间"))
    effective_until = models.DateTimeField(_("失效时间"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    source = models.CharField(_("出处"), max_length=200)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["position", "code", "version", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="%(class)s_side_is_known",
                condition=Q(side__in=["outside", "inside"]),
                violation_error_message=_("收费只分红线内、红线外。"),
            ),
            models.CheckConstraint(
                name="%(class)s_ends_after_it_begins",
                condition=Q(effective_until__isnull=True)
                | Q(effective_until__gt=F("effective_from")),
                violation_error_message=_("失效时间必须晚于生效时间。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FeePrice(FeeRow):
    """收费项目: yuan for one `unit` of it. Of a lump sum the unit is one piece of work."""

    item = models.CharField(_("项目"), max_length=20, help_text=_("客户看到的名称，如“材料”。"))
    price = models.DecimalField(_("单价（元）"), max_digits=12, decimal_places=2)
    unit = models.CharField(pgettext_lazy("fee", "单位"), max_length=10)
    lump = models.BooleanField(
        _("按项计"), default=False, help_text=_("勾选则数量通常为 1，不用测量。")
    )

    class Meta(FeeRow.Meta):
        verbose_name = verbose_name_plural = _("收费项目")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *FeeRow.Meta.constraints,
            models.CheckConstraint(
                name="feeprice_is_not_negative",
                condition=Q(price__gte=0),
                violation_error_message=_("单价不能为负。"),
            ),
        ]


class FeeWaiver(FeeRow):
    """免收规则: rows of one code are one ground. An item is free when any ground says so.

    A row that does not waive takes out of its ground whom its conditions name. `items` lists
    codes of prices; empty means all of its side.
    """

    items = models.JSONField(
        _("适用项目"), default=list, blank=True, help_text=_("收费项目的编码；留空为本侧全部项目。")
    )
    waives = models.BooleanField(
        _("免收"), default=True, help_text=_("不勾选：符合条件的不在免收之列。")
    )
    reason = models.CharField(_("给客户的说明"), max_length=120)

    class Meta(FeeRow.Meta):
        verbose_name = verbose_name_plural = _("免收规则")


class Quote(models.Model):
    """报价: what one case was told it costs, in yuan. Never changed; a new one is the next version.

    `least` is due whatever is found out yet, `total` if nothing more is waived; the two differ
    while a fact is not known. `items` and `facts` are what the rules said and what they were asked
    at `made_at`. Only the door writes these rows.
    """

    case = models.ForeignKey(
        Application, models.PROTECT, related_name="quotes", verbose_name=_("办件")
    )
    version = models.PositiveIntegerField(_("版本"))
    items = models.JSONField(_("项目"))
    facts = models.JSONField(_("依据的事实"), default=dict)
    depends_on = models.JSONField(_("还不知道的事实"), default=list, blank=True)
    total = models.DecimalField(_("应交"), max_digits=14, decimal_places=2)
    least = models.DecimalField(_("至少应交"), max_digits=14, decimal_places=2)
    waived = models.DecimalField(_("免收"), max_digits=14, decimal_places=2)
    made_at = models.DateTimeField(_("报价时间"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("报价人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("报价")
        ordering: ClassVar[list[str]] = ["case", "version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The newest of a case is read through it.
            models.UniqueConstraint(name="quote_version_once", fields=["case", "version"]),
            models.CheckConstraint(
                name="quote_sums_in_order",
                condition=Q(least__gte=0, waived__gte=0, total__gte=F("least")),
                violation_error_message=_("报价的金额不能为负。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} v{self.version}"


class Payment(models.Model):
    """收款: money that a customer paid for a case. Only the door writes these rows.

    `reference` is that of the receipt, the bank or the gateway: one payment has it, once.
    """

    class Method(models.TextChoices):
        CASH = "cash", _("现金")
        TRANSFER = "transfer", _("转账")
        GATEWAY = "gateway", _("在线支付")

    case = models.ForeignKey(
        Application, models.PROTECT, related_name="payments", verbose_name=_("办件")
    )
    amount = models.DecimalField(_("金额（元）"), max_digits=14, decimal_places=2)
    side = models.CharField(_("红线内外"), max_length=8, choices=Side.choices)
    fee = models.CharField(_("收费项目"), max_length=40, blank=True)
    method = models.CharField(_("付款方式"), max_length=10, choices=Method.choices)
    reference = models.CharField(_("流水号"), max_length=64, unique=True)
    paid_at = models.DateTimeField(_("付款时间"))
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("收款人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("收款")
        ordering: ClassVar[list[str]] = ["case", "paid_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="payment_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("金额必须大于零。"),
            ),
            models.CheckConstraint(
                name="payment_side_is_known",
                condition=Q(side__in=["outside", "inside"]),
                violation_error_message=_("收费只分红线内、红线外。"),
            ),
            models.CheckConstraint(
                name="payment_has_a_reference",
                condition=~Q(reference=""),
                violation_error_message=_("每笔收款都要有流水号。"),
            ),
            models.CheckConstraint(
                name="payment_by_hand_is_somebodys",
                condition=Q(method="gateway") | Q(received_by__isnull=False),
                violation_error_message=_("现金和转账要有收款人。"),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
