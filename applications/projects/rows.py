"""The only writer of projects: each change has its line of history in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from applications.models import Project, ProjectChange
from applications.projects import fields
from applications.projects.known import EDITORS, Known
from waterdesk.core import numbering
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.intake import Faults, refuse_if

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

# Before a number of ours, for a project that came without one.
PREFIX = "XM"
NONE = _("没有找到这个项目。")


def add(given: Mapping[str, Any], *, by: User, at: datetime, action: str = "add") -> Project:
    """A new project from what `by` typed; one without a code gets a number of ours.

    Raises NotAllowed, Invalid naming every field at fault, and Conflict for a code that is taken.
    """
    _may_write(by)
    known = Known(by)
    every = {name: given.get(name) for name in fields.BY_NAME}
    faults: Faults = {}
    values = complete(fields.gather(every, known, faults), known, faults)
    refuse_if(faults)
    values["code"] = values["code"] or numbering.next_number(PREFIX, at)
    project = new(values, at)
    try:
        with transaction.atomic():
            project.save(force_insert=True)
            _history(project, action, {}, by, at).save()
    except IntegrityError as taken:
        if "code" not in str(taken):
            raise
        raise Invalid(fields={"code": _("这个编号已有项目。")}) from None
    return project


def change(
    pk: int,
    given: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
    action: str = "edit",
    seen: int | None = None,
) -> Project:
    """Change the fields that are given; what says the same already changes nothing.

    `seen` is the version the person was looking at. Raises NotFound (also for what this person may
    not see), NotAllowed, Invalid, and Conflict when somebody else was first or the project is an
    application by now.
    """
    _may_write(by)
    with transaction.atomic():
        project = locked(pk, by)
        if project.application_id is not None:
            raise Conflict(_("项目已转为报装，请在办件中办理。"))
        if seen is not None and seen != project.version:
            raise Conflict(_("项目已被他人更新，请核对最新内容后再提交。"))
        known, faults = Known(by), Faults()
        found = fields.gather(given, known, faults)
        if "code" in found and not found["code"]:
            faults["code"] = _("此项必填。")
        values = fields.said(project) | found
        complete(values, known, faults)
        refuse_if(faults)
        found = {name: values[name] for name in found}
        if found.get("code", project.code) != project.code and _taken(found["code"]):
            raise Invalid(fields={"code": _("这个编号已有项目。")})
        return write(project, found, by=by, at=at, action=action)


def write(
    project: Project, found: Mapping[str, Any], *, by: User, at: datetime, action: str
) -> Project:
    """Set these clean values on a locked project; nothing is written when nothing differs."""
    data = differences(project, found)
    if data:
        for name in data:
            setattr(project, name, found[name])
        project.version += 1
        project.changed_at = at
        project.save()
        _history(project, action, data, by, at).save()
    return project


def add_all(new_ones: Iterable[Project], *, by: User, at: datetime) -> None:
    """Insert many and their history, in a few statements."""
    rows = Project.objects.bulk_create(new_ones, batch_size=500)
    ProjectChange.objects.bulk_create(
        [_history(row, "import", {}, by, at) for row in rows], batch_size=1000
    )


def change_all(
    changes: Iterable[tuple[Project, Mapping[str, Any]]], *, by: User, at: datetime
) -> None:
    """Set clean values on many locked projects, and write their history, in a few statements."""
    rows, lines = [], []
    for project, found in changes:
        data = differences(project, found)
        for name in data:
            setattr(project, name, found[name])
        project.version += 1
        project.changed_at = at
        rows.append(project)
        lines.append(_history(project, "import", data, by, at))
    written = [*fields.BY_NAME, "version", "changed_at"]
    Project.objects.bulk_update(rows, written, batch_size=500)
    ProjectChange.objects.bulk_create(lines, batch_size=1000)


def new(values: Mapping[str, Any], at: datetime) -> Project:
    return Project(**values, created_at=at, changed_at=at)


def complete(values: dict[str, Any], known: Known, faults: Faults) -> dict[str, Any]:
    """What follows from several fields: the area from the address, a day for what was done."""
    if values.get("area") is None and "area" not in faults:
        try:
            values["area"] = known.located(values.get("address") or "")
        except Invalid as fault:
            faults["area"] = fault.message
    fields.together(values, faults)
    return values


def differences(project: Project, found: Mapping[str, Any]) -> dict[str, list[Any]]:
    """{field: [from, to]} in codes, of what these clean values would change."""
    pairs = {
        name: [fields.coded(getattr(project, name)), fields.coded(found[name])] for name in found
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def locked(pk: int, by: User) -> Project:
    """The project, locked against every other writer; NotFound for one out of sight."""
    # Without joins: of a row that had to be waited for, PostgreSQL would look for the old stage.
    project = Project.objects.visible_to(by).select_for_update(no_key=True).filter(pk=pk).first()
    if project is None:
        raise NotFound(NONE)
    return project


def _taken(code: str) -> bool:
    return Project.objects.filter(code=code).exists()


def _may_write(by: User) -> None:
    if by.role not in EDITORS:
        raise NotAllowed


def _history(
    project: Project, action: str, data: dict[str, Any], by: User, at: datetime
) -> ProjectChange:
    return ProjectChange(
        project=project, version=project.version, at=at, by=by, action=action, data=data
    )
