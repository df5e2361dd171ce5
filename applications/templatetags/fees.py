"""`{% fees_of case as fees %}`: the quote of a case and what was paid for it, for its pages."""

from __future__ import annotations

from django import template
from django.conf import settings

from applications.fees import showing
from applications.fees.sums import told
from applications.models import Application

register = template.Library()
register.filter("yuan", told)


@register.simple_tag
def fees_of(case: Application) -> showing.Shown | None:
    return showing.of_case(case)


@register.simple_tag
def pays_online() -> bool:
    """Whether there is a gateway at which a customer can pay."""
    return bool(settings.PAY_URL)
