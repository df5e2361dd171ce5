"""停水: where the water goes, from when to when, who was told of it, and every change of that.

Only `tickets.outages.doing` and `tickets.outages.telling` write these rows.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.people import Area
from waterdesk.core.models.places import Address

REASON_LENGTH, POINT_LENGTH, MOST_POINTS = 200, 100, 20


class OutageRule(models.Model):
    """How long before it begins a planned outage is announced at the latest, by how long it lasts.

    Of the rules whose `longer_than_hours` it exceeds the one of the longest holds.
    """

    in_history = True

    longer_than_hours = models.PositiveSmallIntegerField(_("停水超过（小时）"), unique=True)
    notice_hours = models.PositiveSmallIntegerField(
        _("至少提前（小时）公告"), validators=[MinValueValidator(1)]
    )
    source = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("停水公告规则")
        ordering = ["longer_than_hours"]

    def __str__(self) -> str:
        return f"> {self.longer_than_hours} h: {self.notice_hours} h"


class OutageQuerySet(models.QuerySet["Outage"]):
    def open(self) -> OutageQuerySet:
        """Those that are neither over nor called off."""
        return self.filter(state__in=OPEN)

    def public(self, at: datetime) -> OutageQuerySet:
        """What everybody may know: under way, or announced and its end not passed."""
        return self.filter(
            Q(state=Outage.State.BEGUN) | Q(state=Outage.State.ANNOUNCED, ends_at__gt=at)
        )


class Outage(models.Model):
    """One outage. `areas` are those that were chosen, or those that the drawn figure lies in.

    `geometry` is a GeoJSON (Multi)Polygon in WGS84; where it is, it says who is inside, else the
    areas do. `ends_at` is what was promised last. `next_at` is when staff are reminded next.
    """

    class Kind(models.TextChoices):
        PLANNED = "planned", _("计划停水")
        SUDDEN = "sudden", _("突发停水")

    class State(models.TextChoices):
        PLANNED = "planned", _("待公告")
        ANNOUNCED = "announced", _("已公告")
        BEGUN = "begun", _("停水中")
        RESTORED = "restored", _("已恢复")
        CANCELLED = "cancelled", _("已取消")

    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices)
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False
    )
    areas = models.ManyToManyField(Area, related_name="outages", verbose_name=_("片区"))
    geometry = models.JSONField(_("停水范围（GeoJSON）"), null=True, blank=True)
    starts_at = models.DateTimeField(_("停水时间"))
    ends_at = models.DateTimeField(_("预计恢复"))
    reason = models.CharField(_("原因"), max_length=REASON_LENGTH)
    points = models.JSONField(_("应急供水点"), default=list, blank=True)
    contact = models.CharField(_("联系人"), max_length=60, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    case = models.ForeignKey(
        "core.Case", models.PROTECT, null=True, blank=True, related_name="outages",
        verbose_name=_("所属办件"),
    )  # fmt: skip
    # Why it was announced with less notice than the rule asks for, and which lead said so.
    override = models.CharField(_("提前量不足的理由"), max_length=REASON_LENGTH, blank=True)
    overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("登记时间"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    announced_at = models.DateTimeField(_("公告时间"), null=True)
    begun_at = models.DateTimeField(_("实际停水"), null=True)
    restored_at = models.DateTimeField(_("实际恢复"), null=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True)
    next_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = OutageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("停水")
        indexes = [
            # Everybody who asks whether the water is on reads the few that are not over.
            models.Index(
                fields=["starts_at"],
                name="outage_open",
                condition=Q(state__in=["planned", "announced", "begun"]),
            ),
            # The reminder of staff reads what is due.
            models.Index(fields=["next_at"], name="outage_due", condition=Q(next_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="outage_ends_after_it_begins",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("恢复时间应晚于停水时间。"),
            ),
            models.CheckConstraint(
                name="outage_kind_known", condition=Q(kind__in=["planned", "sudden"])
            ),
            models.CheckConstraint(
                name="outage_state_has_its_instant",
                condition=Q(state="planned", announced_at__isnull=True)
                | Q(state="announced", announced_at__isnull=False, begun_at__isnull=True)
                | Q(state="begun", announced_at__isnull=False, begun_at__isnull=False,
                    restored_at__isnull=True)
                | Q(state="restored", restored_at__isnull=False, begun_at__isnull=False)
                | Q(state="cancelled", cancelled_at__isnull=False, begun_at__isnull=True),
            ),
            models.CheckConstraint(
                name="outage_override_has_its_lead",
                condition=Q(override="", overridden_by__isnull=True)
                | (~Q(override="") & Q(overridden_by__isnull=False)),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As it is spoken of and printed: TS000012."""
        return f"TS{self.pk:06d}"

    @property
    def lasts(self) -> timedelta:
        return self.ends_at - self.starts_at


OPEN = (Outage.State.PLANNED, Outage.State.ANNOUNCED, Outage.State.BEGUN)


class OutageChange(models.Model):
    """What somebody did to an outage: every value from what to what. Never changed afterwards.

    The newest row's id tells whether what a process holds of all outages is still so.
    """

    outage = models.ForeignKey(Outage, models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    action = models.CharField(max_length=10)
    was = models.JSONField()
    became = models.JSONField()
    note = models.CharField(max_length=REASON_LENGTH, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.outage_id} {self.action}"


class OutageTelling(models.Model):
    """One round of telling everybody inside: batch by batch, each in a transaction of its own.

    `cursor` is the last case that was looked at, `looked` how many of `total`; `told` are the
    messages made. Ended early by a newer round, which says what is so now.
    """

    class Occasion(models.TextChoices):
        ANNOUNCED = "announced", _("停水公告")
        CHANGED = "changed", _("恢复时间变更")
        RESTORED = "restored", _("恢复供水")
        CANCELLED = "cancelled", _("停水取消")

    outage = models.ForeignKey(Outage, models.CASCADE, related_name="tellings")
    occasion = models.CharField(max_length=10, choices=Occasion.choices)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    superseded = models.BooleanField(default=False)
    sensitive_done = models.BooleanField(default=False)
    cursor = models.BigIntegerField(default=0)
    looked = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    told = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The worker looks for what is not finished.
            models.Index(
                fields=["id"], name="outage_telling_open", condition=Q(ended_at__isnull=True)
            )
        ]
        constraints = [
            # A newer round ends the one before it in the same transaction.
            models.UniqueConstraint(
                fields=["outage"], name="outage_tells_one_thing_at_a_time",
                condition=Q(ended_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.outage_id} {self.occasion}"


class OutageCall(models.Model):
    """One sensitive user to be telephoned in a round, and who did so.

    `phone` is the one that is known; a mobile number is told by short message as well.
    """

    telling = models.ForeignKey(OutageTelling, models.CASCADE, related_name="calls")
    address = models.ForeignKey(Address, models.PROTECT, related_name="+")
    phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    called_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(_("结果"), max_length=100, blank=True)

    class Meta:
        ordering = ["address__kind", "address__text"]
        constraints = [
            models.UniqueConstraint(fields=["telling", "address"], name="outage_calls_once_a_round")
        ]

    def __str__(self) -> str:
        return f"{self.telling_id} {self.address_id}"
