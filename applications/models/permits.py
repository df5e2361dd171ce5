"""许可: what an authority grants before a road or a lawn is dug; the utility applies for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from waterdesk.core.models.config import Configured

if TYPE_CHECKING:
    from datetime import datetime

    from waterdesk.core.models.people import User


class PermitKind(Configured):
    """许可种类. `conditions` are the facts of the scheme that need it, as promises have them.

    `amount` is in whole days of `unit`. `remind_percent` is the share of the limit after which the
    lead is told. A road lies under protection for `protected_years` after it was opened, for
    `overhauled_years` after it was overhauled; empty where nothing is protected.
    """

    class Unit(models.TextChoices):
        WORKDAYS = "workdays", _("工作日")
        NATURAL = "natural", _("自然日")

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    authority = models.CharField(_("审批部门"), max_length=40)
    conditions = models.JSONField(_("适用条件"), default=dict, blank=True)
    amount = models.PositiveSmallIntegerField(_("时限"), validators=[MinValueValidator(1)])
    unit = models.CharField(_("单位"), max_length=10, choices=Unit.choices)
    remind_percent = models.PositiveSmallIntegerField(
        _("用到时限的百分之几提醒班长"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
    )
    sheet = models.CharField(_("申请表"), max_length=20, blank=True)
    protected_years = models.PositiveSmallIntegerField(_("新建道路保护年限"), null=True, blank=True)
    overhauled_years = models.PositiveSmallIntegerField(
        _("大修道路保护年限"), null=True, blank=True
    )
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    source = models.CharField(_("出处"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("许可种类")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(name="permit_kind_has_a_limit", condition=Q(amount__gte=1)),
            models.CheckConstraint(
                name="permit_kind_reminds_before_its_limit",
                condition=Q(remind_percent__gte=1, remind_percent__lte=99),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PermitQuerySet(models.QuerySet["Permit"]):
    def visible_to(self, user: User) -> PermitQuerySet:
        """Those of the cases this person may see."""
        from waterdesk.core.visibility import visible  # the tree of areas is policy's to know

        return visible(self, user, phone="case__phone", area="case__area")

    def late(self, now: datetime) -> PermitQuerySet:
        """Filed, and not answered within the authority's own limit."""
        return self.filter(state=Permit.State.FILED, due_at__lt=now)


class Permit(models.Model):
    """One permit of one case, in one round of its work; only the door writes it.

    Name and authority are copied from its kind when the scheme is done. `due_at` is by when the
    authority has to answer, counted from the last filing; `remind_at` is when the lead is told, and
    empty once he was. `protected_until` is the last day on which the road may not be opened;
    `overridden` says that a lead let it be. `afterwards`: the work went first, in an emergency.
    """

    class State(models.TextChoices):
        WANTED = "wanted", _("待申报")
        FILED = "filed", _("已申报")
        GRANTED = "granted", _("已批准")
        REFUSED = "refused", _("已驳回")
        VOID = "void", _("不需要")

    case = models.ForeignKey(
        Application, models.CASCADE, related_name="permits", db_index=False, verbose_name=_("办件")
    )
    kind = models.CharField(_("种类"), max_length=40)
    name = models.CharField(_("名称"), max_length=40)
    authority = models.CharField(_("审批部门"), max_length=40)
    round = models.PositiveSmallIntegerField(_("第几次"), default=1)
    state = models.CharField(
        _("状态"), max_length=8, choices=State.choices, default=State.WANTED.value
    )
    number = models.CharField(_("受理号"), max_length=60, blank=True)
    filed_at = models.DateTimeField(_("申报时间"), null=True, blank=True)
    due_at = models.DateTimeField(_("审批到期"), null=True, blank=True)
    remind_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    document = models.CharField(_("批准文号"), max_length=60, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    protected_until = models.DateField(_("道路保护期至"), null=True, blank=True)
    overridden = models.BooleanField(_("班长准许破路"), default=False)
    afterwards = models.BooleanField(_("先施工后补办"), default=False)
    wanted_at = models.DateTimeField(_("生成时间"))

    objects = PermitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("许可")
        ordering = ["case", "round", "pk"]
        indexes = [
            # The list of what authorities owe an answer for, the earliest due first.
            models.Index(fields=["due_at", "id"], name="permit_due", condition=Q(state="filed")),
            # The task of the reminders reads it, and nothing else.
            models.Index(
                fields=["remind_at"], name="permit_remind", condition=Q(remind_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="permit_once_a_round", fields=["case", "kind", "round"]),
            models.CheckConstraint(
                name="permit_filed_has_number_and_limit",
                condition=Q(state__in=["wanted", "void"])
                | (Q(filed_at__isnull=False, due_at__isnull=False) & ~Q(number="")),
            ),
            models.CheckConstraint(
                name="permit_granted_has_its_document",
                condition=~Q(state="granted") | (Q(answered_at__isnull=False) & ~Q(document="")),
            ),
            models.CheckConstraint(
                name="permit_only_a_filed_one_is_reminded",
                condition=Q(state="filed") | Q(remind_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}".strip()

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do for it."""
        return self.state not in (self.State.GRANTED, self.State.VOID)

    @property
    def is_barred(self) -> bool:
        """Whether a lead has to allow it first: the road is too young to be opened."""
        return self.protected_until is not None and not (self.overridden or self.afterwards)
