"""What makes an application acceptable to the desk: the one place where its fields are checked.

The customer's page, the counter's page, the hotline and the API hand over the same names and get
the same draft or the same refusals; which of them are asked, the service says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from applications import places
from applications.catalogue import answers, held
from applications.catalogue.common import HOUSEHOLD_MM
from applications.catalogue.definition import Service
from applications.catalogue.held import NEW_CONNECTION
from applications.models import KIND, Application
from waterdesk.core import inputs, intake
from waterdesk.core.errors import Invalid
from waterdesk.core.intake import Check, Faults

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

__all__ = ["HOUSEHOLD_MM", "NEW_CONNECTION", "draft"]

NAME_LENGTH = 60
ADDRESS_LENGTH = 200
REMARK_LENGTH = 500

_SITE = re.compile(
    r"://|www\.|[a-z0-9-]\.(cn|com|net|org|top|cc|xyz|vip|info|io|me)\b", re.IGNORECASE
)


def draft(
    given: Mapping[str, Any], *, by: User | None, channel: str, service: str = NEW_CONNECTION
) -> Application:
    """An unsaved Application, its area found, from what `by` (None: nobody signed in) gave.

    The answers to a service's own questions stand under `answers`, by their codes. Raises Invalid
    naming every field at fault, those as `answers.<code>`; NotFound for a service that is not
    offered.
    """
    wanted = held.wanted(service)
    faults: Faults = {}
    company = given.get("applicant_kind") == Application.Applicant.ORGANISATION
    checks = _checks(wanted) | (_OF_COMPANY if company else _OF_PERSON)
    values = intake.gather(checks, given, faults)
    if values.get("applicant_kind", wanted.applicants[0]) not in wanted.applicants:
        faults["applicant_kind"] = _("这项服务不向此类申请人提供。")
    if "phone" in values:
        intake.gather({"phone": lambda phone: intake.own_number(by, phone)}, values, faults)
    own = answers.clean(wanted, given.get("answers") or {}, _so_far(values), faults)
    address = values.get("address", "")
    point = intake.point_of(given, faults)
    where = {"area": lambda code: intake.area_of(code, address, point)}
    found = intake.gather(where, given, faults)
    intake.refuse_if(faults)
    return Application(
        kind=KIND,
        subject=wanted.code,
        channel=channel,
        answers=own,
        place=places.normal(address),
        **({"lat": point.lat, "lon": point.lon} if point else {}),
        **values,
        **found,
    )


def _checks(service: Service) -> dict[str, Check]:
    """Of every application, and of what this service asks beside."""
    asked = {name: check for code, (name, check) in _WHEN_ASKED.items() if service.asks(code)}
    if service.asks("account") and not service.by_code["account"].required:
        asked["account"] = intake.optional(inputs.account)
    return _CHECKS | asked


def _so_far(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the conditions of a service's own questions ask for, by the names of the questions."""
    line = values.get("external_line")
    return dict(values) | ({} if line is None else {"pipe": "no" if line else "yes"})


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
    "remark": intake.text(REMARK_LENGTH, lines=True),
}
# By the question, the name under which the answer comes, and its check.
_WHEN_ASKED: dict[str, tuple[str, Check]] = {
    "account": ("account", inputs.account),
    "use": ("use", intake.one_of(Application.Use.values)),
    "calibre_mm": ("calibre_mm", inputs.calibre),
    "pipe": ("external_line", intake.flag),
}
# Neither number is ever demanded (零资料); one that is given must be right.
_OF_PERSON: dict[str, Check] = {"id_number": intake.optional(inputs.identity)}
_OF_COMPANY: dict[str, Check] = {
    "uscc": intake.optional(inputs.credit_code),
    "contact": intake.text(NAME_LENGTH),
}
