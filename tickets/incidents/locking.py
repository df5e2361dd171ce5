"""Locking a second case of a kind with the first in hand: see the order in __init__.py."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from waterdesk.core.errors import Conflict
from waterdesk.core.models.cases import Case

AnyCase = TypeVar("AnyCase", bound=Case)
# Against the order nobody waits longer: a move takes some milliseconds, on a busy machine some
# hundred; after a second the database looks for a deadlock itself. *chosen*
PATIENCE = "900ms"


def second(other: AnyCase, mine: Case) -> AnyCase:
    """`other` as it is once locked, with `mine` locked already.

    With a greater key it is waited for. With a smaller one its holder may be waiting for `mine`,
    so that only for a moment; then Conflict is raised and the caller's transaction goes back.
    """
    rows: Any = type(other)._default_manager.select_related("handler")
    rows = rows.select_for_update(no_key=True, of=("self", "case_ptr")).filter(pk=other.pk)
    if other.pk > mine.pk:
        return rows.get()
    try:
        with transaction.atomic():
            _wait_at_most(PATIENCE)
            found = rows.get()
            _wait_at_most("0")
    except OperationalError:
        raise Conflict(
            _("%(number)s 正由别人办理，请稍后再试。") % {"number": other.number}
        ) from None
    return found


def _wait_at_most(time: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [time])
