"""What makes an application acceptable to the desk: the one place where its fields are checked.

The customer's page, the counter's page and the API hand over the same names and get the same
draft or the same refusals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from applications.models import KIND, Application
from waterdesk.core import inputs, intake
from waterdesk.core.errors import Invalid
from waterdesk.core.intake import Check, Faults

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

NEW_CONNECTION = "new-connection"
NAME_LENGTH = 60
ADDRESS_LENGTH = 200
REMARK_LENGTH = 500
# What a household has: the meters of 零星居民 are DN15–20.
HOUSEHOLD_MM = 20

_SITE = re.compile(
    r"://|www\.|[a-z0-9-]\.(cn|com|net|org|top|cc|xyz|vip|info|io|me)\b", re.IGNORECASE
)


def draft(given: Mapping[str, Any], *, by: User | None, channel: str) -> Application:
    """An unsaved Application, its area found, from what `by` (None: nobody signed in) gave.

    Raises Invalid naming every field at fault: applicant_kind, name, phone, id_number, uscc,
    contact, address, area, use, calibre_mm, external_line, remark.
    """
    faults: Faults = {}
    company = given.get("applicant_kind") == Application.Applicant.ORGANISATION
    checks = _CHECKS | (_OF_COMPANY if company else _OF_PERSON)
    values = intake.gather(checks, given, faults)
    if "phone" in values:
        intake.gather({"phone": lambda phone: intake.own_number(by, phone)}, values, faults)
    address = values.get("address", "")
    found = intake.gather({"area": lambda code: intake.area_of(code, address)}, given, faults)
    intake.refuse_if(faults)
    return Application(kind=KIND, subject=NEW_CONNECTION, channel=channel, **values, **found)


def _name(raw: object) -> str:
    """A name of a person or a company. Short messages begin with it, hence no address of a site:
    whoever applies may enter anybody's phone number."""
    name = inputs.text(raw, NAME_LENGTH, required=True)
    if _SITE.search(name):
        raise Invalid(_("名称中不能有网址。"))
    return name


_CHECKS: dict[str, Check] = {
    "applicant_kind": intake.one_of(Application.Applicant.values),
    "name": _name,
    "phone": inputs.mobile,
    "address": intake.text(ADDRESS_LENGTH, required=True),
    "use": intake.one_of(Application.Use.values),
    "calibre_mm": inputs.calibre,
    "external_line": intake.flag,
    "remark": intake.text(REMARK_LENGTH, lines=True),
}
# Neither number is ever demanded (零资料); one that is given must be right.
_OF_PERSON: dict[str, Check] = {"id_number": intake.optional(inputs.identity)}
_OF_COMPANY: dict[str, Check] = {
    "uscc": intake.optional(inputs.credit_code),
    "contact": intake.text(NAME_LENGTH),
}
