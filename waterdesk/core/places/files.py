"""Files of polygons and addresses: brought, checked by the worker, agreed to, written by it.

Polygons are written all or none. Addresses are written a batch a transaction: a worker that stops
in the middle has lost nothing, and the next one goes on after what is done.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from waterdesk.core import inputs, policy
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.models.people import Role
from waterdesk.core.models.places import GroundFile
from waterdesk.core.places import book, comparing, shapes
from waterdesk.core.places.book import Within
from waterdesk.core.places.shapes import ShapeError
from waterdesk.core.tables import workbook
from waterdesk.database.acting import acting

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

log = logging.getLogger(__name__)

KEEPERS = frozenset({Role.LEAD, Role.ADMIN})
# 200,000 addresses with a place are 14 MB. *chosen*
MOST_BYTES = 20 * 1024 * 1024
NAME_LENGTH = 120
# What nobody agreed to is cleared away after so long. *chosen*
KEPT = timedelta(days=7)
# More than a task may take: who has a file longer than this is gone.
LEASE = timedelta(minutes=5)
_WAITING = Q(refusal="", applied_at=None) & (Q(checked_at=None) | Q(agreed_at__isnull=False))


def may_keep(by: User) -> None:
    if by.role not in KEEPERS:
        raise NotAllowed


def keep(content: bytes, name: str, *, by: User, at: datetime) -> GroundFile:
    """Keep a file for the worker to check; its first bytes say what it is. Raises Invalid."""
    may_keep(by)
    if len(content) > MOST_BYTES:
        raise Invalid(_("文件不能超过 20 MB，请分成几个文件。"))
    if not content.strip():
        raise Invalid(_("文件是空的。"))
    if _is_workbook(content):
        _refuse_a_bad_workbook(content)
    is_json = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    kind = GroundFile.Kind.SHAPES if is_json else GroundFile.Kind.ADDRESSES
    GroundFile.objects.filter(by=by, agreed_at=None, at__lt=at - KEPT).delete()
    return GroundFile.objects.create(
        by=by, at=at, kind=kind, content=content, name=inputs.text(name, 1000)[:NAME_LENGTH]
    )


def own(pk: int, by: User, *, lock: bool = False) -> GroundFile:
    """The file of this number, if this person brought it; NotFound otherwise."""
    may_keep(by)
    rows = GroundFile.objects.filter(by=by).defer("content")
    found = (rows.select_for_update() if lock else rows).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这次导入，请重新上传。"))
    return found


def agree(pk: int, *, by: User, at: datetime, skip: bool = False) -> GroundFile:
    """Say yes to what the check found; a second time changes nothing.

    Raises Conflict while it is not checked, and while a row is at fault unless `skip` leaves such
    rows of addresses out.
    """
    with transaction.atomic():
        row = own(pk, by, lock=True)
        if row.agreed_at is not None:
            return row
        if row.state != GroundFile.State.READY:
            raise Conflict(_("文件还没有核对完，或不能导入。"))
        if row.wrong and not (skip and row.kind == GroundFile.Kind.ADDRESSES):
            raise Conflict(_("文件中还有有误的行，请改正后重新上传；没有导入任何一行。"))
        row.agreed_at, row.skip = at, skip
        row.save(update_fields=["agreed_at", "skip"])
    return row


def work(now: datetime) -> int:
    """Check or write every file that waits; returns how many. Any number of workers may run it."""
    done = 0
    while row := _take(now):
        try:
            with acting("task:core.read_ground_files", row.by.get_username):
                _work_on(row)
        except SoftTimeLimitExceeded:
            raise  # the lease ends, and the next one goes on
        except (Invalid, ShapeError) as fault:
            _end(row, refusal=str(getattr(fault, "message", fault)))
        except Exception:  # one file that breaks a reader must not hold up the others
            log.exception("the file %s cannot be read", row.pk)
            _end(row, refusal=_("文件无法读取：格式不对，或已损坏。"))
        done += 1
    return done


def _take(now: datetime) -> GroundFile | None:
    free = Q(taken_until=None) | Q(taken_until__lt=now)
    with transaction.atomic():
        rows = GroundFile.objects.select_for_update(skip_locked=True, of=("self",))
        row = rows.select_related("by").filter(_WAITING, free).order_by("pk").first()
        if row is not None:
            row.taken_until = now + LEASE
            row.save(update_fields=["taken_until"])
    return row


def _work_on(row: GroundFile) -> None:
    within = _areas_of(row.by)
    if row.checked_at is None:
        _check(row, within)
    elif row.kind == GroundFile.Kind.SHAPES:
        _write_shapes(row, within)
    else:
        _write_addresses(row, within)


def _check(row: GroundFile, within: Within) -> None:
    if row.kind == GroundFile.Kind.SHAPES:
        plan = comparing.polygons(bytes(row.content), within)
    else:
        with _as_path(row) as path:
            plan = comparing.addresses(path, within)
    if not plan["rows"]:
        raise Invalid(_("表头下面没有内容。"))
    row.plan, row.rows, row.wrong = plan, plan["rows"], plan["wrong"]
    row.checked_at, row.taken_until = timezone.now(), None
    row.save(update_fields=["plan", "rows", "wrong", "checked_at", "taken_until"])


def _write_shapes(row: GroundFile, within: Within) -> None:
    drawn, faults = comparing.read_polygons(bytes(row.content), within)
    if faults:
        raise Invalid(faults[0])
    with transaction.atomic():
        shapes.write(drawn, update=True)
        _end(row, applied_at=timezone.now(), done=len(drawn))


def _write_addresses(row: GroundFile, within: Within) -> None:
    with _as_path(row) as path:
        for report in book.load(path, within=within, after=row.done):
            if report.wrong and not row.skip:
                raise Invalid(_("核对之后片区或地址已有变化，写到一半停下了；请重新上传。"))
            if report.rows > row.done:
                row.done = report.rows
                row.save(update_fields=["done"])
    _end(row, applied_at=timezone.now())


def _end(row: GroundFile, **said: Any) -> None:
    """Nothing more is to be done with the file, and its content is not kept."""
    values = said | {"content": b"", "taken_until": None}
    if "refusal" in values:
        values["refusal"] = str(values["refusal"])[:500]
    GroundFile.objects.filter(pk=row.pk).update(**values)


def _areas_of(user: User) -> Within:
    return None if user.area_id is None else policy.current().below(user.area_id)


def _is_workbook(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def _refuse_a_bad_workbook(content: bytes) -> None:
    try:
        workbook.refuse_what_is_no_workbook(content)
    except workbook.DAMAGED:
        raise Invalid(_("文件无法读取：不是 .xlsx 文件，或已损坏。")) from None


@contextmanager
def _as_path(row: GroundFile) -> Iterator[Path]:
    """The content as a file of this machine, for as long as it is read."""
    content = bytes(row.content)
    suffix = ".xlsx" if _is_workbook(content) else ".csv"
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(content)
        file.flush()
        yield Path(file.name)
