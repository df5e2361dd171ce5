"""A file of projects: kept when it is read, compared with what stands, agreed to as a whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from applications.models import Project, ProjectImport
from applications.projects import fields, files, rows
from applications.projects.known import EDITORS, Known
from waterdesk.core import inputs, wording
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.intake import Faults
from waterdesk.core.tables.table import FAULTS

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

# What nobody agreed to is cleared away after so long. *chosen*
KEPT = timedelta(days=7)
NAME_LENGTH = 120
KINDS = ("error", "new", "changed", "same", "turned", "dropped")


@dataclass
class Row:
    """What one line of the file would do; `kind` is one of KINDS.

    `data` is {field: [from, to]} of a changed one. `turned`: an application already, let be.
    """

    line: int
    code: str
    name: str
    kind: str = "new"
    found: dict[str, Any] = field(default_factory=dict)
    data: dict[str, list[Any]] = field(default_factory=dict)
    faults: Faults = field(default_factory=dict)
    project: Project | None = None


@dataclass
class Plan:
    """A file against the projects as they are."""

    rows: list[Row]

    def of(self, kind: str) -> list[Row]:
        return [row for row in self.rows if row.kind == kind]

    @cached_property
    def counts(self) -> dict[str, int]:
        counted = Counter(row.kind for row in self.rows)
        return {kind: counted[kind] for kind in KINDS}

    @cached_property
    def seen(self) -> str:
        """A digest of everything that would be done, to tell whether a preview still holds."""
        said = [(r.line, r.kind, r.code, sorted(r.data.items())) for r in self.rows]
        fresh = [(r.line, sorted(self._coded(r).items())) for r in self.of("new")]
        return hashlib.sha256(repr((said, fresh)).encode()).hexdigest()

    @staticmethod
    def _coded(row: Row) -> dict[str, str]:
        return {name: str(fields.coded(value)) for name, value in row.found.items()}


def keep(content: bytes, name: str, *, by: User, at: datetime) -> ProjectImport:
    """Read a file and keep its rows until somebody agrees to them; no project is touched.

    Raises NotAllowed, and Invalid for a file that cannot be read.
    """
    _may_import(by)
    table = files.read(content)
    ProjectImport.objects.filter(by=by, applied_at=None, at__lt=at - KEPT).delete()
    return ProjectImport.objects.create(
        by=by,
        at=at,
        name=inputs.text(name, 1000)[:NAME_LENGTH],
        columns=table.columns,
        cells=table.rows,
        ignored=table.ignored,
    )


def own(pk: int, by: User, *, lock: bool = False) -> ProjectImport:
    """The import of this number, if this person uploaded it; NotFound otherwise."""
    _may_import(by)
    found = ProjectImport.objects.filter(by=by)
    row = (found.select_for_update() if lock else found).filter(pk=pk).first()
    if row is None:
        raise NotFound(_("没有找到这次导入，请重新上传。"))
    return row


def drop(pk: int, lines: Iterable[int], *, by: User) -> None:
    """Leave exactly these lines of the file out; repeating it changes nothing."""
    with transaction.atomic():
        row = own(pk, by, lock=True)
        if row.applied_at is not None:
            raise Conflict(_("这个文件已经导入。"))
        there = {cells[0] for cells in row.cells}
        row.dropped = sorted(there & set(lines))
        row.save(update_fields=["dropped"])


def plan(row: ProjectImport, by: User, *, lock: bool = False) -> Plan:
    """What this file would do now. The number of queries does not grow with its rows."""
    known = Known(by)
    place = row.columns.index("code")
    texts = [cells[1:] for cells in row.cells]
    codes = [_code(cells[place]) for cells in texts]
    found = Project.objects.filter(code__in=codes)
    if lock:
        # Without joins, and in one order for everybody.
        list(found.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    related = found.select_related("area", "stage", "owner", "survey_by", "scheme_by")
    standing = {project.code: project for project in related}
    dropped = set(row.dropped)
    first: dict[str, int] = {}
    planned = []
    for cells, values in zip(row.cells, texts, strict=True):
        given = dict(zip(row.columns, values, strict=True))
        each = _row(cells[0], given, known, standing)
        if each.line in dropped:
            each.kind = "dropped"
        elif first.setdefault(each.code, each.line) != each.line:
            again = _("与第 %(line)d 行的编号相同。") % {"line": first[each.code]}
            each.faults["code"], each.kind = again, "error"
        planned.append(each)
    return Plan(planned)


def apply(pk: int, *, by: User, at: datetime, seen: str) -> ProjectImport:
    """Write everything the file says, or nothing.

    A second time changes nothing and returns the same. `seen` is the digest of the plan somebody
    agreed to. Raises NotFound, Invalid while a row is at fault, and Conflict when another plan
    stands now.
    """
    changed = Conflict(_("预览之后项目已被他人修改，请重新核对。"))
    try:
        with transaction.atomic():
            row = own(pk, by, lock=True)
            if row.applied_at is not None:
                return row
            planned = plan(row, by, lock=True)
            if planned.counts["error"]:
                raise Invalid(_("还有出错的行：请改正文件后重新上传，或去掉这些行。"))
            if planned.seen != seen:
                raise changed
            rows.add_all([rows.new(r.found, at) for r in planned.of("new")], by=by, at=at)
            moved = [(r.project, r.found) for r in planned.of("changed") if r.project]
            rows.change_all(moved, by=by, at=at)
            row.applied_at, row.added, row.changed = at, planned.counts["new"], len(moved)
            row.save(update_fields=["applied_at", "added", "changed"])
            return row
    except IntegrityError:
        # Somebody else's new project had one of the codes a moment earlier.
        raise changed from None


def _row(line: int, given: Mapping[str, Any], known: Known, standing: Mapping[str, Project]) -> Row:
    row = Row(line, _code(given["code"]), _shown(given.get("name")))
    project = row.project = standing.get(row.code)
    for name, cell in given.items():
        if isinstance(cell, dict):
            row.faults[name] = FAULTS[cell["fault"]]
    if not row.code and "code" not in row.faults:
        row.faults["code"] = _("此项必填。")
    if project is not None and known.mine is not None and project.area_id not in known.mine:
        row.project = None
        row.faults["code"] = _("这个编号的项目属于别的片区。")
    elif project is not None and project.application_id is not None:
        row.kind, row.faults = "turned", {}
        return row
    elif project is not None:
        _against(row, project, given, known)
    else:
        _fresh(row, given, known)
    if row.faults:
        row.kind = "error"
    return row


def _fresh(row: Row, given: Mapping[str, Any], known: Known) -> None:
    every = {name: given.get(name) for name in fields.BY_NAME if name not in row.faults}
    row.found = fields.gather(every, known, row.faults)
    rows.complete(row.found, known, row.faults)


def _against(row: Row, project: Project, given: Mapping[str, Any], known: Known) -> None:
    """A blank cell says nothing, and neither does a number that we had masked in our own export."""
    masked = wording.mask_phone(project.phone)
    told = {
        name: cell
        for name, cell in given.items()
        if cell and name not in row.faults and not (name == "phone" and cell == masked)
    }
    row.found = fields.gather(told, known, row.faults)
    fields.together(fields.said(project) | row.found, row.faults)
    row.data = rows.differences(project, row.found)
    row.kind = "changed" if row.data else "same"


def _code(cell: Any) -> str:
    return inputs.text(cell, 1000)[:61] if isinstance(cell, str) else ""


def _shown(cell: Any) -> str:
    return cell if isinstance(cell, str) else ""


def _may_import(by: User) -> None:
    if by.role not in EDITORS:
        raise NotAllowed
