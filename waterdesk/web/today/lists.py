"""The lists of the day: what each of them holds, worst first, and what may be done there.

Each is read through an index that holds little more than the list itself: see the models.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waterdesk.core import breaches, periods, supervision, wording
from waterdesk.core.anomalies.turning import reopening_actions
from waterdesk.core.flow import Label
from waterdesk.core.models.after import Aftercare
from waterdesk.core.models.cases import Case, Pause
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.record import Event
from waterdesk.core.models.supervision import Supervision
from waterdesk.core.visibility import visible
from waterdesk.web.paging import read_instant

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy

CHASE, REASSIGN = "chase", "reassign"
# Whose case it is by now is somebody else's; a month of chasing, a week of bad answers. *chosen*
CHASED_WITHIN, RATED_WITHIN = timedelta(days=30), timedelta(days=7)
CHASED_TIMES = 2
BAD = 2
# A case that was opened again and not rated stands behind every bad answer.
UNRATED = BAD + 1
State, Explanation = Clock.State, Case.Explanation
Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: `rows(user, now)` by the attribute `key`, `says(row, rules, now)` why each is here.

    `actions` are the moves that help, the first one that the door would allow being offered.
    """

    code: str
    title: Label
    note: Label
    empty: Label
    rows: Callable[[User, datetime], Rows]
    key: str
    says: Callable[[Any, Policy, datetime], str]
    actions: tuple[str, ...]
    read: Callable[[str], Any] = read_instant
    descending: bool = False
    tone: str = "plain"


def case_id_of(row: Any) -> int:
    """The case that a row of any of the lists is about."""
    return row.pk if isinstance(row, Case) else row.case_id


def late(user: User, now: datetime) -> Rows:
    return _first_due(user, State.BREACHED)


def late_tonight(user: User, now: datetime) -> Rows:
    tomorrow = periods.midnight(timezone.localdate(now) + timedelta(days=1))
    return _first_due(user, State.RUNNING).filter(due_at__lt=tomorrow)


def _first_due(user: User, state: State) -> Rows:
    """Open clocks of one state that are the first of their case to fall due: a row a case."""
    before = Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), pk__lt=OuterRef("pk"))
    counting = Clock.objects.open().filter(
        case=OuterRef("case"), state__in=[State.RUNNING, State.BREACHED]
    )
    clocks = Clock.objects.visible_to(user).open().filter(state=state)
    return clocks.filter(~Exists(counting.filter(before)))


def to_explain(user: User, now: datetime) -> Rows:
    states = [Explanation.OWED, Explanation.RETURNED, Explanation.GIVEN]
    return Case.objects.visible_to(user).filter(explanation__in=[s.value for s in states])


def paused(user: User, now: datetime) -> Rows:
    return visible(Pause.objects.filter(ended_at__isnull=True), user, area="case__area")


def chased(user: User, now: datetime) -> Rows:
    """Open cases that were chased again and again of late, `times` each."""
    events = Event.objects.filter(action=CHASE, recorded_at__gte=now - CHASED_WITHIN).order_by()
    often = events.values("case").annotate(many=Count("pk")).filter(many__gte=CHASED_TIMES)
    own = events.filter(case=OuterRef("number")).values("case").annotate(many=Count("pk"))
    cases = Case.objects.visible_to(user).open().filter(number__in=often.values("case"))
    return cases.annotate(times=Subquery(own.values("many")))


def dissatisfied(user: User, now: datetime) -> Rows:
    """Cases of a bad answer, or opened again, of late; not those a supervisor has ordered already.

    `grade` is the answer, the worst first.
    """
    since = now - RATED_WITHIN
    bad = Aftercare.objects.filter(value__lte=BAD, rated_at__gte=since)
    again = Event.objects.filter(action__in=reopening_actions(), recorded_at__gte=since)
    opened_again = Case.objects.open().filter(number__in=again.values("case"))
    both = bad.order_by().values("case").union(opened_again.order_by().values("pk"))
    grade = bad.filter(case=OuterRef("pk")).values("value")[:1]
    cases = Case.objects.visible_to(user).filter(pk__in=both, supervision="")
    return cases.annotate(grade=Coalesce(Subquery(grade), UNRATED))


def supervised(user: User, now: datetime) -> Rows:
    return Supervision.objects.visible_to(user).open().select_related("ordered_by")


def _of_clock(clock: Clock, rules: Policy, now: datetime) -> str:
    said = {"promise": clock.name, "time": wording.duration(abs(now - clock.due_at))}
    if clock.due_at < now:
        return _("“%(promise)s”已超 %(time)s") % said
    return _("“%(promise)s”还剩 %(time)s") % said


def _of_explanation(case: Case, rules: Policy, now: datetime) -> str:
    return str(case.get_explanation_display())


def _of_pause(pause: Pause, rules: Policy, now: datetime) -> str:
    said = {
        "reason": rules.reason("pause", pause.reason),
        "time": wording.duration(now - pause.started_at),
    }
    return _("%(reason)s，已停 %(time)s") % said


def _of_chasing(case: Case, rules: Policy, now: datetime) -> str:
    return _("30 天内催办 %(times)d 次") % {"times": case.times}


def _of_answer(case: Case, rules: Policy, now: datetime) -> str:
    if case.grade == UNRATED:
        return _("办结后又重新办理")
    return _("客户评分 %(grade)d 分") % {"grade": case.grade}


def _of_order(row: Supervision, rules: Policy, now: datetime) -> str:
    said = {"by": row.ordered_by, "time": wording.duration(now - row.ordered_at)}
    return _("%(by)s %(time)s前督办") % said


_ORDER = (supervision.SUPERVISE, REASSIGN, breaches.ASK, CHASE)
LISTS = (
    Listing(
        "late",
        gettext_lazy("现在已超时"),
        gettext_lazy("正在计时、已过承诺时限的办件，超得最久的在前。"),
        gettext_lazy("现在没有超时的办件。"),
        late,
        "due_at",
        _of_clock,
        _ORDER,
        tone="bad",
    ),
    Listing(
        "tonight",
        gettext_lazy("今天将超时"),
        gettext_lazy("还没有超时，但今天 24 点之前到期，最先到期的在前。停表中的不算。"),
        gettext_lazy("今天没有即将超时的办件。"),
        late_tonight,
        "due_at",
        _of_clock,
        (CHASE, REASSIGN, supervision.SUPERVISE),
        tone="warn",
    ),
    Listing(
        "explain",
        gettext_lazy("超时说明"),
        gettext_lazy("超时还没有说明原因的，和已说明、等班长认可的，登记最早的在前。"),
        gettext_lazy("没有待说明、待认可的超时。"),
        to_explain,
        "opened_at",
        _of_explanation,
        (breaches.ACCEPT, breaches.ASK, supervision.SUPERVISE),
    ),
    Listing(
        "paused",
        gettext_lazy("停表最久"),
        gettext_lazy("停表中的办件，停得最久的在前；停表期间承诺不计时。"),
        gettext_lazy("没有停表中的办件。"),
        paused,
        "started_at",
        _of_pause,
        (supervision.SUPERVISE, CHASE, REASSIGN),
    ),
    Listing(
        "chased",
        gettext_lazy("催办两次以上"),
        gettext_lazy("最近 30 天内被催办两次以上、还没有办结的，次数最多的在前。"),
        gettext_lazy("没有被多次催办的办件。"),
        chased,
        "times",
        _of_chasing,
        _ORDER,
        int,
        descending=True,
    ),
    Listing(
        "dissatisfied",
        gettext_lazy("客户不满意"),
        gettext_lazy("7 天内评 1–2 分的，和办结后又重新办理的，评分最低的在前；已督办的除外。"),
        gettext_lazy("没有不满意的客户。"),
        dissatisfied,
        "grade",
        _of_answer,
        _ORDER,
        int,
    ),
    Listing(
        "supervised",
        gettext_lazy("督办中"),
        gettext_lazy("等人答复的，和已答复、等督查办结或退回的，最早督办的在前。"),
        gettext_lazy("没有进行中的督办。"),
        supervised,
        "ordered_at",
        _of_order,
        (supervision.ACCEPT, supervision.ANSWER, CHASE),
    ),
)  # fmt: skip
BY_CODE = {each.code: each for each in LISTS}
