"""四零: the four counters of an application, kept where a million cases are summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.people import Area

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

COUNTERS = ("burden_trips", "burden_documents", "burden_approvals", "burden_fees")


def _counter(name: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(name, default=0, db_default=0, editable=False)


class Burdened(models.Model):
    """How often its customer had to come, bring, obtain and pay; derived from the record.

    Written by applications.burdens.moves.follow alone. `ended_at` is the case's own `closed_at`,
    and `ended_area`, `ended_service` and `ended_as` are its area, subject and status then: here, so
    that one index of this table finds the cases of a period with all that a figure asks for.
    Nothing of the four while the case is open.
    """

    burden_trips = _counter(_("跑腿次数"))
    burden_documents = _counter(_("要资料次数"))
    burden_approvals = _counter(_("自办审批次数"))
    burden_fees = _counter(_("红线外收费次数"))
    ended_at = models.DateTimeField(_("办结时间"), null=True, blank=True, editable=False)
    ended_area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        db_index=False, verbose_name=_("办结时的片区"),
    )  # fmt: skip
    ended_service = models.CharField(
        _("办结时的服务"), max_length=60, blank=True, default="", db_default="", editable=False
    )
    ended_as = models.CharField(
        _("办结时的状态"), max_length=20, blank=True, default="", db_default="", editable=False
    )

    class Meta:
        abstract = True


class EndedDayQuerySet(models.QuerySet["EndedDay"]):
    def visible_to(self, user: User) -> EndedDayQuerySet:
        """The days of the areas this person of the utility may see."""
        from waterdesk.core.visibility import visible  # the tree of areas is policy's to know

        if not (user.is_authenticated and user.is_desk):
            return self.none()
        return visible(self, user)


class EndedDay(models.Model):
    """四零日计: what ended on one day in one area of one service, by what it cost its customers.

    `day` is a day as people at the desk mean it; a case that goes on again leaves its day. Written
    by PostgreSQL in the transaction that changes an application (migration 0031_figures), so that
    a year of a million cases is added up from some thousands of rows. Two cases of one row that
    end at once wait for one another until the commit. `done` … `apart`: burdens.figures.Result.
    """

    day = models.DateField(_("日期"))
    area = models.ForeignKey(
        Area, models.CASCADE, related_name="+", db_index=False, verbose_name=_("片区")
    )
    service = models.CharField(_("服务"), max_length=60)
    done = models.IntegerField(_("办成"), default=0)
    met = models.IntegerField(_("达标"), default=0)
    trips = models.IntegerField(_("有跑腿"), default=0)
    documents = models.IntegerField(_("有资料"), default=0)
    approvals = models.IntegerField(_("有审批"), default=0)
    fees = models.IntegerField(_("有费用"), default=0)
    apart = models.IntegerField(_("未办成但有负担"), default=0)

    objects = EndedDayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("四零日计")
        constraints = [
            # The figures of a period read it from its first day to its last.
            models.UniqueConstraint(name="ended_day_once", fields=["day", "area", "service"]),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.area_id} {self.service}"


CONSTRAINTS = [
    models.CheckConstraint(
        name="application_burdens_are_counts",
        condition=Q(
            burden_trips__gte=0, burden_documents__gte=0, burden_approvals__gte=0,
            burden_fees__gte=0,
        ),
        violation_error_message=_("负担次数不能为负。"),
    ),
]  # fmt: skip
INDEXES = [
    # The lists behind the four zeros: the cases that ended in a period, with what they cost.
    models.Index(
        fields=["ended_at"], name="application_by_end",
        include=("case_ptr", "ended_area", "ended_service", "ended_as", *COUNTERS),
        condition=Q(ended_at__isnull=False),
    ),
]  # fmt: skip
