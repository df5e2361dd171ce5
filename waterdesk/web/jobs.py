"""/desk/jobs/: the open cases in one person's hands, in order of what is due, for the phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from applications.models import KIND
from applications.visits.keeping import Unkept, unkept
from applications.visits.showing import actions_of, expected, work
from tickets.dispatch.moves import ACCEPT, DECLINE
from waterdesk.core import policy as policies
from waterdesk.core import supervision
from waterdesk.core.errors import NotFound
from waterdesk.core.flow import allowed, flows
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Role, User
from waterdesk.core.policy import Policy
from waterdesk.web import move_forms, moving, rows
from waterdesk.web.access import desk_only, find
from waterdesk.web.move_forms import MoveForm, Refused

# Nobody has more in hand than can be done; what is beyond is on the list of cases.
MOST = 100
# Who may look at somebody else's jobs, and who does jobs.
LOOKERS = frozenset({Role.LEAD.value, Role.SUPERVISOR.value, Role.ADMIN.value})
DOERS = (Role.FIELD.value, Role.LEAD.value)
# Saying whether one comes stands beside going on.
ANSWERS = frozenset({ACCEPT, DECLINE, supervision.REPORT})
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Doing:
    """One move that goes on with a case, None when it is another's turn.

    `work` is what that finishes, "" for a move that is no job; `window` when the customer expects
    somebody, "" where nothing was agreed.
    """

    next: MoveForm | None
    work: str = ""
    window: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One case in hand, with all that this person may begin in it now; the first one first."""

    line: rows.Line
    doings: tuple[Doing, ...]

    @property
    def next(self) -> MoveForm | None:
        return self.doings[0].next

    @property
    def work(self) -> str:
        return self.doings[0].work

    @property
    def window(self) -> str:
        return self.doings[0].window

    @property
    def open(self) -> bool:
        return any(each.next is not None and each.next.open for each in self.doings)


@require_safe
@desk_only
def jobs(request: HttpRequest) -> HttpResponse:
    return page(request)


@require_POST
@desk_only
def move(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """A move made from the list; done, the list comes back without leaving it."""
    refused = moving.make(request, find(request, number), action)
    if refused is None:
        return redirect(f"{reverse('jobs')}#jobs")
    return page(request, number, refused)


def page(request: HttpRequest, number: str = "", refused: Refused | None = None) -> HttpResponse:
    rules = policies.current()
    person = whose(request)
    found = [
        _job(each, request.user, person, rules, refused if each.case.number == number else None)
        for each in lines(person, request, rules)
    ]
    context: dict[str, Any] = {
        "jobs": found,
        "person": person,
        "own": person == request.user,
        "crew": crew(request.user, rules) if request.user.role in LOOKERS else [],
        "unkept": _unkept(request, rules),
        "refused": refused,
        "lost": refused is not None and not any(job.open for job in found),
        "number": number,
        "cut_off": len(found) == MOST,
        "now": request.now,
    }
    return render(request, "web/jobs.html", context, status=refused.status if refused else 200)


def _unkept(request: HttpRequest, rules: Policy) -> list[Unkept]:
    """For a lead: the appointments of the own areas for which nobody will be there."""
    if request.user.role not in LOOKERS:
        return []
    area_id = request.user.area_id
    return unkept(request.now, rules.below(area_id) if area_id is not None else None)


def whose(request: HttpRequest) -> User:
    """The person whose jobs are shown: oneself, or with ?who= somebody of one's own area."""
    name = request.GET.get("who", "")
    if not name or name == request.user.username:
        return request.user
    if request.user.role in LOOKERS:
        for person in crew(request.user, policies.current()):
            if person.username == name:
                return person
    raise NotFound


def crew(user: User, rules: Policy) -> list[User]:
    """The people whose jobs `user` may look at."""
    people = User.objects.filter(is_active=True, role__in=DOERS)
    below = rules.below(user.area_id) if user.area_id is not None else None
    if below is not None:
        people = people.filter(area__in=below)
    return list(people.order_by("area__code", "name", "username"))


def lines(person: User, request: HttpRequest, rules: Policy) -> list[rows.Line]:
    """What is in hand, the earliest due first, what no clock presses last; one query a kind."""
    cases: list[Case] = []
    for flow in flows():
        mine = flow.model_class()._default_manager.visible_to(request.user).open().order_by("-pk")
        cases += mine.filter(handler=person).prefetch_related("pauses", *flow.gathers)[:MOST]
    found = [
        line
        for line in rows.of_cases(cases, rules, request.now)
        if line.face or line.case.paused_reason or _waits_for(person, line.case)
    ]
    found.sort(key=lambda each: (each.face.clock.due_at if each.face else LAST, each.case.pk))
    return found[:MOST]


def _job(line: rows.Line, user: User, person: User, rules: Policy, refused: Refused | None) -> Job:
    """One case, with what `user` may do there of what is `person`'s."""
    case = line.case
    of_jobs = case.kind == KIND
    beside = actions_of(case, person) if of_jobs else ANSWERS
    forms = move_forms.for_case(
        user, case, rules, url_name="job-move", refused=refused, only_primary=True, beside=beside
    )
    if not of_jobs:
        return Job(line, tuple(Doing(form) for form in forms) or (Doing(None),))
    actions = [(form, form.move.action) for form in forms] or [(None, "")]
    return Job(
        line,
        tuple(Doing(form, work(case, each), expected(case, each)) for form, each in actions),
    )


def _waits_for(person: User, case: Case) -> bool:
    """Whether a step forward is this person's; what only waits for a call-back is not a job."""
    return any(move.tone == "primary" for move in allowed(person, case))
