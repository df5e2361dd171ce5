"""`{% visits_of case as visits %}`: the jobs for which somebody comes, for the pages of a case."""

from __future__ import annotations

from django import template

from applications.models import Application
from applications.visits import showing
from waterdesk.core.models.people import User

register = template.Library()


@register.simple_tag
def visits_of(case: Application) -> list[showing.Visit]:
    return showing.visits(case)


@register.simple_tag
def goes_out(case: Application) -> bool:
    """Whether anything is done in the street, for which there is a sheet of paper."""
    return showing.goes_out(case)


@register.simple_tag
def books(user: User, case: Application) -> bool:
    return showing.books(user, case)
