"""The rows of the workflow by which permits are filed, answered, and done without."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from applications.permits import known
from waterdesk.core.flow import DISPATCH, Field, Move
from waterdesk.core.models.people import Role

if TYPE_CHECKING:
    from applications.models import Application

FILE, GRANTED, REFUSED, VOID = "file_permit", "permit_granted", "permit_refused", "permit_void"
ADD, OVERRIDE, EMERGENCY = "permit_add", "permit_override", "permit_emergency"
# The desk itself makes these two.
NEEDED, NOT_PAUSED = "permits_needed", "permits_not_paused"
# What is said of one permit, and so stands beside it on the page.
OF_ONE = (FILE, GRANTED, REFUSED, OVERRIDE, VOID)
BY_HAND = (*OF_ONE, ADD, EMERGENCY)
# Who may let a road be opened that is too young, or the work begin before the permit.
LEADS = frozenset({Role.LEAD.value, Role.ADMIN.value})
LENGTH = 60

WHICH = Field("permit", _("许可"), max_length=40)


def _why(label: str) -> Field:
    return Field("why", label, max_length=300)


def moves(statuses: Iterable[str], under_way: Iterable[str]) -> tuple[Move, ...]:
    """`statuses`: wherever a permit may be open, with what is obtained afterwards."""
    everywhere, working = frozenset(statuses), frozenset(under_way)
    return (
        _of_one(
            FILE, _("申报许可"), everywhere, _in("wanted", "refused"),
            Field("number", _("审批部门受理号"), max_length=LENGTH),
        ),
        _of_one(
            GRANTED, _("许可已批准"), everywhere, _in("filed"),
            Field("document", _("批准文号"), max_length=LENGTH),
        ),
        _of_one(REFUSED, _("许可被驳回"), everywhere, _in("filed"), _why(_("驳回理由"))),
        _of_one(
            OVERRIDE, _("准许开挖保护期内道路"), everywhere, _barred, _why(_("理由")), roles=LEADS,
        ),
        _of_one(
            VOID, _("不需要这项许可"), everywhere, _in("wanted", "filed", "refused"),
            _why(_("理由")),
        ),
        _of_one(ADD, _("增加许可"), working, known.waits),
        Move(
            EMERGENCY, _("应急抢修，先施工后补办"), before=working, roles=LEADS,
            fields=(_why(_("应急理由")),), paused=None, beside=True, when=known.waits,
            confirm=_("先施工，许可仍须补办。确定？"),
        ),
        Move(
            NEEDED, _("需要办理许可"), before=working, paused=None, beside=True,
            fields=(
                Field("permits", _("许可")),
                Field("protected_until", _("道路保护期至"), "date", required=False),
            ),
        ),
        Move(NOT_PAUSED, _("承诺不因审批停表，计时继续"), before=working, paused=None, beside=True),
    )  # fmt: skip


def _of_one(
    action: str,
    label: str,
    before: frozenset[str],
    when: Callable[[Application], bool],
    *fields: Field,
    roles: frozenset[str] = DISPATCH,
) -> Move:
    return Move(
        action, label, before=before, roles=roles, fields=(WHICH, *fields),
        paused=None, beside=True, when=when,
    )  # fmt: skip


def _in(*states: str) -> Callable[[Application], bool]:
    return lambda case: any(permit.state in states for permit in known.permits_of(case))


def _barred(case: Application) -> bool:
    return any(permit.is_barred and permit.is_open for permit in known.permits_of(case))
