"""The filters of the list: their choices, and reading what was chosen from the address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.models import Project, ProjectReminder, ProjectStage
from applications.models.projects import ProjectQuerySet
from waterdesk.core import inputs
from waterdesk.core.flow import Label
from waterdesk.core.models.people import User

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy

Choice = tuple[str, Label]
SEARCH_LENGTH = 60
ME, NOBODY = "me", "nobody"
# U+3000 keeps its width in a drop-down, where blanks fold.
INDENT = "\u3000"
DONE: list[Choice] = [
    ("no-survey", _("未查勘")),
    ("no-scheme", _("已查勘，未出方案")),
    ("ready", _("查勘、方案都已完成")),
]
OVERDUE: Choice = ("overdue", _("预计日期已过"))
FILTERS = ("stage", "area", "owner", "due", "done")


def filters(query: QueryDict, user: User, rules: Policy) -> list[dict[str, Any]]:
    """The drop-downs, each with its choices and the one that is chosen ("" for none)."""
    offered: dict[str, tuple[Label, list[Choice]]] = {
        "stage": (_("阶段"), [(s.code, s.name) for s in ProjectStage.objects.all()]),
        "area": (_("片区"), _areas(user, rules)),
        "owner": (_("负责人"), _owners(user)),
        "due": (_("预计用水"), [*_within(), OVERDUE]),
        "done": (_("前期工作"), DONE),
    }
    return [
        {"name": name, "label": label, "choices": choices, "value": _chosen(query, name, choices)}
        for name, (label, choices) in offered.items()
    ]


def narrowed(
    chosen: Iterable[dict[str, Any]], query: QueryDict, user: User, rules: Policy, today: date
) -> ProjectQuerySet:
    """The projects this person may see that meet every filter and hold the words looked for."""
    rows = Project.objects.visible_to(user)
    values = {each["name"]: each["value"] for each in chosen}
    if values["stage"]:
        rows = rows.filter(stage__code=values["stage"])
    if values["area"]:
        below = rules.below(rules.area_coded(values["area"]).pk)
        rows = rows if below is None else rows.filter(area__in=below)
    match values["owner"]:
        case "":
            pass
        case "me":
            rows = rows.filter(owner=user)
        case "nobody":
            rows = rows.filter(owner=None)
        case username:
            rows = rows.filter(owner__username=username)
    if values["due"]:
        rows = _due(rows.ahead(), values["due"], today)
    match values["done"]:
        case "no-survey":
            rows = rows.ahead().filter(survey_on=None)
        case "no-scheme":
            rows = rows.ahead().filter(survey_on__isnull=False, scheme_on=None)
        case "ready":
            rows = rows.filter(survey_on__isnull=False, scheme_on__isnull=False)
    if words := sought(query):
        held = Q(code__icontains=words) | Q(name__icontains=words)
        rows = rows.filter(held | Q(organisation__icontains=words) | Q(address__icontains=words))
    return rows


def sought(query: QueryDict) -> str:
    return inputs.text(query.get("q", "")[:SEARCH_LENGTH], SEARCH_LENGTH)


def _due(rows: ProjectQuerySet, value: str, today: date) -> ProjectQuerySet:
    if value == OVERDUE[0]:
        return rows.filter(expected_on__lt=today)
    return rows.filter(expected_on__range=(today, today + timedelta(days=int(value))))


def _within() -> list[Choice]:
    days = sorted(ProjectReminder.objects.values_list("days", flat=True))
    return [(str(n), ngettext("%(n)d 天内", "%(n)d 天内", n) % {"n": n}) for n in days]


def _owners(user: User) -> list[Choice]:
    ids = Project.objects.visible_to(user).order_by().values("owner")
    people = User.objects.filter(pk__in=ids).order_by("name", "username")
    return [(ME, _("我负责的")), (NOBODY, _("无人负责")), *((p.username, str(p)) for p in people)]


def _areas(user: User, rules: Policy) -> list[Choice]:
    """The areas this person may look into, each under its parent and indented by its depth."""
    top = user.area_id if user.area_id is not None else rules.root.pk
    depth = {top: 0}
    choices: list[Choice] = []
    waiting = [top]
    while waiting:
        area = rules.areas[waiting.pop()]
        choices.append((area.code, INDENT * depth[area.pk] + area.name))
        under = (each for each in rules.areas.values() if each.parent_id == area.pk)
        children = sorted(under, key=lambda each: each.code, reverse=True)
        depth |= {each.pk: depth[area.pk] + 1 for each in children}
        waiting += [each.pk for each in children]
    return choices


def _chosen(query: QueryDict, name: str, choices: list[Choice]) -> str:
    """What was chosen; "" when it is absent or no choice any more (an old bookmark)."""
    value = query.get(name, "")
    return value if value in dict(choices) else ""
