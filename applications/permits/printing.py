"""/desk/cases/<number>/permits/<kind>.pdf: the application for one permit, as far filled in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications.contracts.desk import case_of, turned_away
from applications.contracts.views import pdf_answer
from applications.jobs import engine
from applications.models import Application, Permit
from applications.permits.kinds import kinds
from applications.permits.known import permit_of
from applications.sheets import permit_sheet
from waterdesk import papers
from waterdesk.core import policy
from waterdesk.core.errors import NotFound


@require_safe
def sheet(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Of a case that this person may see. Raises NotFound where there is no such sheet."""
    if refused := turned_away(request):
        return refused
    case = case_of(request, number)
    permit, known = permit_of(case, kind), kinds().get(kind)
    if permit is None or known is None or not known.sheet:
        raise NotFound(_("本办件没有这项许可。"))
    utility = policy.current().utility
    said = {
        "number": case.number,
        "utility": utility.name,
        "hotline": utility.hotline,
        "address": case.address,
        "contact": str(request.user),
        "printed": _("打印于 %(at)s") % {"at": f"{timezone.localtime(request.now):%Y-%m-%d %H:%M}"},
    }
    paper = permit_sheet(said, works_of(case, permit) | {"type": known.sheet})
    return pdf_answer(papers.pdf(paper), f"{number}-{kind}")


def works_of(case: Application, permit: Permit) -> dict[str, Any]:
    """What the sheet asks of the works, from what the jobs noted; the rest is left blank."""
    found: dict[str, Any] = {}
    for job in engine.jobs_of(case):
        found |= job.result
    with translation.override(settings.LANGUAGE_CODE):
        purpose = _("供水管线接入（%(number)s）") % {"number": case.number}
    return {
        "authority": permit.authority,
        "place": case.address,
        "purpose": purpose,
        "length_m": found.get("pipe_metres"),
        "road_built": found.get("road_opened_on"),
    }
