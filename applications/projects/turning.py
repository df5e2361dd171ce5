"""转为报装: a project becomes an application, through the door, once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import intake
from applications.models import Application, ProjectStage
from applications.projects import rows
from applications.projects.known import EDITORS
from waterdesk.core import door
from waterdesk.core.errors import Invalid, NotAllowed
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Role

if TYPE_CHECKING:
    from applications.models import Project
    from waterdesk.core.models.people import User

SCOPE = "project"


def turn(pk: int, *, by: User, at: datetime) -> tuple[Application, bool]:
    """The application of this project, and whether it was opened just now.

    Of two at once the second waits for the first and gets its application. Raises NotFound,
    NotAllowed, and Invalid naming in the project's own fields what is missing or will not do.
    """
    if by.role not in EDITORS:
        raise NotAllowed
    with transaction.atomic():
        project = rows.locked(pk, by)
        if project.application_id is not None:
            return Application.objects.get(pk=project.application_id), False
        draft = _draft(project, by)
        draft.from_project = project
        key = door.Key(SCOPE, str(project.pk), {"project": project.pk})
        application, fresh = door.open_once(draft, key, actor=by, at=at)
        stage = ProjectStage.objects.filter(means=ProjectStage.Means.TURNED).first()
        rows.write(
            project,
            {"application": application, "stage": stage or project.stage},
            by=by,
            at=at,
            action="turn",
        )
    return application, fresh


def _draft(project: Project, by: User) -> Application:
    """What a company would have typed; a pipe that nobody knows of yet counts as being there.

    That is what an application does as well: the shorter promise binds us.
    """
    given: dict[str, Any] = {
        "applicant_kind": Application.Applicant.ORGANISATION.value,
        "name": project.organisation,
        "uscc": project.uscc,
        "contact": project.contact,
        "phone": project.phone,
        "address": project.address,
        "area": project.area.code,
        "use": project.use,
        "calibre_mm": project.calibre_mm,
        "external_line": bool(project.external_line),
        "remark": project.name,
    }
    # Nobody came to a counter: we found the project and went there.
    channel = Case.Channel.HOTLINE if by.role == Role.AGENT else Case.Channel.FIELD
    try:
        return intake.draft(given, by=by, channel=channel.value)
    except Invalid as fault:
        own = {"name": "organisation"}
        faults = {own.get(name, name): text for name, text in fault.fields.items()}
        raise Invalid(_("还不能转为报装，请先补全项目资料。"), fields=faults) from None
