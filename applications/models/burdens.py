"""四零: the four counters of an application, kept where a million cases are summed up."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

COUNTERS = ("burden_trips", "burden_documents", "burden_approvals", "burden_fees")


def _counter(name: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(name, default=0, db_default=0, editable=False)


class Burdened(models.Model):
    """How often its customer had to come, bring, obtain and pay; derived from the record.

    Written by applications.burdens.moves.follow alone. `ended_at` is the case's own `closed_at`:
    here, so that one index of this table finds the cases of a period with their counters.
    """

    burden_trips = _counter(_("跑腿次数"))
    burden_documents = _counter(_("要资料次数"))
    burden_approvals = _counter(_("自办审批次数"))
    burden_fees = _counter(_("红线外收费次数"))
    ended_at = models.DateTimeField(_("办结时间"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True


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
    # The page of the four zeros: the cases that ended in a period, with what they cost.
    models.Index(
        fields=["ended_at"], include=("case_ptr", *COUNTERS), name="application_by_end",
        condition=Q(ended_at__isnull=False),
    ),
]  # fmt: skip
