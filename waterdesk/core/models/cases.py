"""办件: what an application and a ticket have in common. Only the door writes these rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.people import Area
from waterdesk.core.models.places import on_earth
from waterdesk.core.models.promises import Kind

if TYPE_CHECKING:
    from waterdesk.core.models.clocks import Clock
    from waterdesk.core.models.people import User
    from waterdesk.core.models.record import Event


class CaseQuerySet(models.QuerySet["Case"]):
    """Reading starts at `visible_to`; it works on Case and on each kind of case."""

    def visible_to(self, user: User) -> CaseQuerySet:
        """What this person may see: customers their own number's cases, staff their areas'."""
        from waterdesk.core.visibility import visible  # the tree of areas is policy's to know

        return visible(self, user)

    def open(self) -> CaseQuerySet:
        return self.filter(closed_at__isnull=True)


class Case(models.Model):
    """One 办件. `version` counts the events of its record and tells a page whether it is stale."""

    class Channel(models.TextChoices):
        WEB = "web", _("网上")
        HOTLINE = "hotline", _("热线")
        COUNTER = "counter", _("窗口")
        FIELD = "field", _("现场")
        API = "api", _("接口")
        MUNICIPAL = "12345", _("12345 转办")

    class Explanation(models.TextChoices):
        """超时说明: where it stands."""

        NONE = "", _("无需说明")
        OWED = "owed", _("待说明")
        GIVEN = "given", _("待认可")
        RETURNED = "returned", _("已退回，待重新说明")
        ACCEPTED = "accepted", _("已认可")

    class Supervised(models.TextChoices):
        """督办: who is to answer, or what came of the answer."""

        NONE = "", _("未督办")
        HANDLER = "handler", _("督办中，待处理人答复")
        LEAD = "lead", _("督办中，待班长答复")
        ANSWERED = "answered", _("督办已答复，待认定")
        ACCEPTED = "accepted", _("督办已办结")

    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices, editable=False)
    number = models.CharField(_("编号"), max_length=24, unique=True, editable=False)
    subject = models.CharField(_("事项"), max_length=60)
    # `case_newest_of_area` begins with it.
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="cases", db_index=False, verbose_name=_("片区")
    )
    status = models.CharField(_("状态"), max_length=20)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        related_name="cases_in_hand", verbose_name=_("处理人"),
    )  # fmt: skip
    name = models.CharField(_("联系人"), max_length=60, blank=True)
    phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    # Where it is (WGS84): picked on the map, or what the address book says of the address.
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    # What a search looks through; `core_case_grams` of migration 0041 is its index.
    sought = models.TextField(editable=False, default="", db_default="")
    remark = models.CharField(_("说明"), max_length=2000, blank=True)
    # The number that whoever ordered it (12345) gave it; the desk's own is `number`.
    reference = models.CharField(
        _("来源单号"), max_length=40, blank=True, default="", db_default="", editable=False
    )
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    urgent = models.BooleanField(_("紧急"), default=False)
    paused_reason = models.CharField(_("停表原因"), max_length=40, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        related_name="cases_opened", verbose_name=_("登记人"),
    )  # fmt: skip
    opened_at = models.DateTimeField(_("登记时间"))
    changed_at = models.DateTimeField(_("更新时间"))
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    outcome = models.CharField(_("结果原因"), max_length=40, blank=True)
    explanation = models.CharField(
        _("超时说明"), max_length=10, choices=Explanation.choices, blank=True, default=""
    )
    # How far the newest order of a supervisor has come: see core.supervision.
    supervision = models.CharField(
        _("督办"), max_length=10, choices=Supervised.choices, blank=True, default="",
        db_default="", editable=False,
    )  # fmt: skip
    # Days asked for and not decided yet, by which a promise would be extended.
    extension_asked = models.PositiveSmallIntegerField(_("申请延期天数"), null=True, blank=True)
    version = models.PositiveIntegerField(_("留痕序号"), default=0, editable=False)
    seal = models.CharField(_("最后一条留痕的摘要"), max_length=64, blank=True, editable=False)

    objects = CaseQuerySet.as_manager()

    # Of a case that was opened just now: its clocks, so that nobody reads them back.
    begun: Sequence[Clock] | None = None

    class Meta:
        verbose_name = verbose_name_plural = _("办件")
        indexes = [
            # Lists of one kind and of all, newest first, paged by id.
            models.Index(fields=["kind", "-id"], name="case_newest_of_kind"),
            # A grid's or a branch's own list, newest first.
            models.Index(fields=["area", "-id"], name="case_newest_of_area"),
            # A customer's cases, the hotline's "who is calling".
            models.Index(fields=["phone", "-id"], name="case_newest_of_phone"),
            # The queues of the home pages: what waits for dispatch, for a follow-up, for a person.
            models.Index(
                fields=["kind", "status", "-id"],
                name="case_open_by_status",
                condition=Q(closed_at__isnull=True),
            ),
            # What was late and is not settled: few rows, on the home page of who must say why.
            models.Index(
                fields=["explanation", "-id"], name="case_to_explain",
                condition=Q(explanation__in=["owed", "given", "returned"]),
            ),
            # What a supervisor has ordered somebody to answer: few rows, on the home pages.
            models.Index(
                fields=["supervision", "-id"], name="case_supervised",
                condition=Q(supervision__in=["handler", "lead", "answered"]),
            ),
            # A caller who says the last four figures of a number.
            models.Index(
                Right("phone", 4), F("id").desc(), name="case_by_end_of_phone",
                condition=~Q(phone=""),
            ),
            # Somebody who says the number of an order; few cases have one.
            models.Index(
                fields=["reference"], name="case_by_reference", condition=~Q(reference="")
            ),
            # What is near a point: few degrees, see core.places.near.
            models.Index(fields=["lat", "lon"], name="case_near", condition=Q(lat__isnull=False)),
            # "My jobs": few rows a person, closed ones left out.
            models.Index(
                fields=["handler"], name="case_open_of_handler", condition=Q(closed_at__isnull=True)
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                name="case_closed_after_opened",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
            ),
            models.CheckConstraint(name="case_has_a_status", condition=~Q(status="")),
            models.CheckConstraint(name="case_is_on_earth", condition=on_earth()),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def events(self) -> models.QuerySet[Event]:
        """The record of this case, oldest first (named by number, no foreign key)."""
        from waterdesk.core.models.record import Event

        return Event.objects.filter(case=self.number).order_by("seq")


class Pause(models.Model):
    """停表: an interval, half open, that clocks allowing its reason do not count.

    `lapses_at` is when it ends by itself: the day that was named, or the longest that the promise
    allows for this reason, whichever comes first; None when it ends by somebody's move alone.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="pauses", verbose_name=_("办件"))
    reason = models.CharField(_("原因"), max_length=40)
    started_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    lapses_at = models.DateTimeField(_("自动恢复时间"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    document = models.CharField(_("依据文号"), max_length=60, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("操作人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("停表")
        ordering = ["started_at"]
        indexes = [
            # The pauses of a period, for the rules that look at them; those that stand among them,
            # the longest first, on the page of the day.
            models.Index(fields=["started_at", "id"], name="pause_by_start"),
            models.Index(
                fields=["started_at", "id"], name="pause_standing",
                condition=Q(ended_at__isnull=True),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                name="pause_ends_after_it_begins",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="pause_ends_by_its_lapse",
                condition=Q(ended_at__isnull=True)
                | Q(lapses_at__isnull=True)
                | Q(ended_at__lte=F("lapses_at")),
            ),
            models.UniqueConstraint(
                name="pause_one_open_a_case", fields=["case"], condition=Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.reason}"


class Once(models.Model):
    """A key that a caller may send again: the first use made a case, later ones find it.

    The case's number is spelled from `created_at`, the instant it was opened, and `serial`.
    """

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    serial = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="once_a_key", fields=["scope", "key"])]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
