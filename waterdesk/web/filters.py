"""Drop-downs that narrow a list: their choices, and reading what was chosen from the address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.http import QueryDict

from waterdesk.core.flow import Label

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy

Choice = tuple[str, Label]
# U+3000 keeps its width in a drop-down, where blanks fold.
INDENT = "\u3000"


def chosen(query: QueryDict, name: str, choices: Iterable[Choice]) -> str:
    """The value of a filter, "" when it is absent or none of its choices (an old bookmark)."""
    value = query.get(name, "")
    return value if value in dict(choices) else ""


def area_choices(user: User, rules: Policy) -> list[Choice]:
    """The areas this person may look into, each under its parent and indented by its depth."""
    top = user.area_id if user.area_id is not None else rules.root.pk
    choices: list[Choice] = []

    def walk(area_id: int, depth: int) -> None:
        area = rules.areas[area_id]
        choices.append((area.code, INDENT * depth + area.name))
        below = sorted(
            (each for each in rules.areas.values() if each.parent_id == area_id),
            key=lambda each: each.code,
        )
        for child in below:
            walk(child.pk, depth + 1)

    walk(top, 0)
    return choices


def areas_under(code: str, rules: Policy) -> frozenset[int] | None:
    """The ids of the area with this code and all below; None when that is every area there is."""
    area = rules.area_coded(code)
    return frozenset() if area is None else rules.below(area.pk)
