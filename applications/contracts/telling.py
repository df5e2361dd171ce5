"""What a customer is told about a contract, with the link that opens it."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse

from applications.models import Contract
from notifications import outbox
from waterdesk.core import policy

REMINDER, MADE, CODE = "contract.reminder.customer", "contract.made.customer", "contract.code"


def link_of(contract: Contract) -> str:
    """The address in the short message: who opens it has the customer's phone, and reads it all."""
    page = reverse("contract", args=[contract.case.number])
    return f"{settings.SITE_URL}{page}?key={contract.key}"


def notice(
    contract: Contract, key: str, occurrence: str, more: Mapping[str, str] | None = None
) -> outbox.Notice:
    """The text `key` to the customer's phone, once an `occurrence` of this contract."""
    rules, case = policy.current(), contract.case
    context = {
        "name": case.name,
        "number": case.number,
        "service": rules.subject(case.kind, case.subject),
        "link": link_of(contract),
        "hotline": rules.utility.hotline,
        "utility": rules.company_of(case.area_id),
    }
    return outbox.Notice(
        key=key,
        occurrence=f"contract:{contract.number}:{occurrence}",
        user_id=None,
        phone=case.phone,
        context=context | dict(more or {}),
        case=case.number,
    )
