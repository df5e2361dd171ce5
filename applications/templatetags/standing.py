"""`{% standing_of case now as left %}`: what a case left behind, for its pages."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone

from applications.models import Application
from applications.standing import showing

register = template.Library()


@register.simple_tag
def standing_of(case: Application, now: datetime) -> showing.Shown | None:
    return showing.of_case(case, timezone.localdate(now))
