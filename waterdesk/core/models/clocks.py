"""计时: one promise running on one case, and the levels it has crossed. Written by core.clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from waterdesk.core import ladders, wording
from waterdesk.core.models.calendars import WorkCalendar
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Area
from waterdesk.core.models.promises import Promise, Unit

if TYPE_CHECKING:
    from waterdesk.core.figures.judging import Whose
    from waterdesk.core.models.people import User


class ClockQuerySet(models.QuerySet["Clock"]):
    def visible_to(self, user: User) -> ClockQuerySet:
        """The clocks of the cases this person may see."""
        from waterdesk.core.visibility import visible

        return visible(self, user, phone="case__phone")

    def open(self) -> ClockQuerySet:
        return self.filter(stopped_at__isnull=True)


class Clock(models.Model):
    """One 计时. Limit, unit, calendar and ladder are copied here when it starts and never change.

    `due_at` is what is shown; while paused it is the instant it would be if counting resumed at
    the pause's first moment. `next_level` is the level that falls next; `next_at` is its instant,
    NULL while paused and once stopped. `passed` has one bit for each rung of `ladder`, from its
    first on, that was crossed.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("计时中")
        PAUSED = "paused", _("停表中")
        MET = "met", _("按时完成")
        BREACHED = "breached", _("已超时")
        VOID = "void", _("不再计时")

    # Read by the index of the constraint below, which begins with it.
    case = models.ForeignKey(
        Case, models.CASCADE, related_name="clocks", db_index=False, verbose_name=_("办件")
    )
    # The case's own area, copied: the board of a grid reads it for each of a million clocks.
    # Open ones by area have an index below; an index each of area, promise and calendar would only
    # slow the replay.
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="+", db_index=False, verbose_name=_("片区")
    )
    promise = models.ForeignKey(Promise, models.PROTECT, db_index=False, verbose_name=_("承诺"))
    code = models.CharField(_("承诺编码"), max_length=40)
    name = models.CharField(_("名称"), max_length=60)
    amount = models.DecimalField(_("时限"), max_digits=8, decimal_places=2)
    unit = models.CharField(pgettext_lazy("limit", "单位"), max_length=10, choices=Unit.choices)
    calendar = models.ForeignKey(
        WorkCalendar, models.PROTECT, db_index=False, verbose_name=_("工作日历")
    )
    pause_reasons = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    pause_most = models.JSONField(_("停表最长"), default=dict)
    ladder = models.JSONField(_("催办阶梯"), default=list)
    public = models.BooleanField(_("向客户公布"), default=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices)
    started_at = models.DateTimeField(_("起算"))
    stopped_at = models.DateTimeField(_("停止"), null=True, blank=True)
    due_at = models.DateTimeField(_("到期"))
    provisional = models.BooleanField(_("暂定"), default=False)
    next_at = models.DateTimeField(_("下一级时间"), null=True, blank=True)
    next_level = models.SmallIntegerField(_("下一级"), null=True, blank=True)
    passed = models.BigIntegerField(_("已过级别"), default=0, db_default=0, editable=False)
    explanation_owed = models.BooleanField(_("须说明原因"), default=False, db_default=False)
    breached_at = models.DateTimeField(_("超时时间"), null=True, blank=True)
    # 延期: what a lead granted on top of `amount`, in the same unit, and what was due before that.
    granted = models.DecimalField(_("准许延长"), max_digits=8, decimal_places=2, default=0)
    first_due_at = models.DateTimeField(_("原到期"), null=True, blank=True)
    # The due time the customer knows, while a later one by the calendar has yet to be told.
    told_due_at = models.DateTimeField(_("客户所知的到期"), null=True, blank=True, editable=False)
    # Why it breached, as a code of the list of causes, and whether a lead has accepted that.
    cause = models.CharField(_("超时原因"), max_length=40, blank=True, default="")
    cause_accepted = models.BooleanField(_("超时原因已认可"), default=False)

    objects = ClockQuerySet.as_manager()

    # Whose it was when it was judged just now, until its fact is written: see core.figures.
    judged_as: Whose | None = None

    class Meta:
        verbose_name = verbose_name_plural = _("计时")
        indexes = [
            # The sweep reads this every few seconds and nothing else uses it.
            models.Index(
                fields=["next_at"], name="clock_next", condition=Q(next_at__isnull=False)
            ),
            # The tick that tells customers of moved due times; mostly empty.
            models.Index(
                fields=["id"], name="clock_to_tell", condition=Q(told_due_at__isnull=False)
            ),
            # The board: open clocks of one state by due time, here the one state that closed
            # clocks have as well; `clock_by_due` has the others.
            models.Index(
                fields=["due_at"], name="clock_open_late",
                condition=Q(stopped_at__isnull=True, state="breached"),
            ),
            # The same for one grid, also where a state holds next to nothing of it.
            models.Index(
                fields=["area", "state", "due_at"], name="clock_open_of_area",
                condition=Q(stopped_at__isnull=True),
            ),
            # The list of all clocks of one state by due time, closed ones too.
            models.Index(fields=["state", "due_at", "id"], name="clock_by_due"),
        ]  # fmt: skip
        constraints = [
            # Stopped ones are there by their own number, so that one index finds all of a case.
            models.UniqueConstraint(
                F("case"),
                F("code"),
                models.Case(
                    models.When(stopped_at__isnull=True, then=models.Value(0)),
                    default=F("id"),
                    output_field=models.BigIntegerField(),
                ),
                name="clock_one_open_a_promise",
            ),
            models.CheckConstraint(
                name="clock_breached_knows_when",
                condition=Q(state="breached", breached_at__isnull=False)
                | (~Q(state="breached") & Q(breached_at__isnull=True))
                | Q(state="void"),
            ),
            models.CheckConstraint(
                name="clock_stopped_rings_no_more",
                condition=Q(stopped_at__isnull=True) | Q(next_at__isnull=True),
            ),
            models.CheckConstraint(
                name="clock_stops_after_it_starts",
                condition=Q(stopped_at__isnull=True) | Q(stopped_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.case_id}"


class Crossing(models.Model):
    """One level of one clock, crossed once: the unique key is what makes it once."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="crossings")
    level = models.SmallIntegerField(_("级别"))
    at = models.DateTimeField(_("到达时间"))
    recorded_at = models.DateTimeField(_("记录时间"))
    # What stopped the clock had happened before and was only known afterwards: see core.late.
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="crossing_once", fields=["clock", "level"])]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.level}"

    @property
    def words(self) -> str:
        """Where on the ladder it stands, in words."""
        return wording.rung(ladders.minutes_of(self.level), self.level)
