"""The rows that every flow has for 督办: a supervisor orders, somebody answers, it is judged.

They hold in every status: what a customer is dissatisfied with is closed as a rule. The limit of
the answer is the promise of the code `supervise`; handed back, the answer has a new clock.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from waterdesk.core.flow import Field, Move
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Role
from waterdesk.core.models.supervision import CLOCK, WORDS_LENGTH, Supervision

SUPERVISE, RETURN, ACCEPT = "supervise", "return_supervision", "accept_supervision"
# The lead answers for whoever was asked, the handler where he was asked himself.
ANSWER, REPORT = "answer_supervision", "report_supervision"
SUPERVISORS = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})
LEADS = frozenset({Role.LEAD.value, Role.ADMIN.value})
HANDLERS = frozenset({Role.FIELD.value})
Supervised = Case.Supervised
WAITING = (Supervised.HANDLER, Supervised.LEAD)

REPLY = Field(
    "reply",
    _("督办答复"),
    max_length=WORDS_LENGTH,
    help=_("写明现在的情况、原因和下一步。"),
)


def none_stands(case: Case) -> bool:
    return case.supervision in (Supervised.NONE, Supervised.ACCEPTED)


def waits_for_an_answer(case: Case) -> bool:
    return case.supervision in WAITING


def waits_for_the_handler(case: Case) -> bool:
    return case.supervision == Supervised.HANDLER


def is_answered(case: Case) -> bool:
    return case.supervision == Supervised.ANSWERED


def moves(statuses: Iterable[str]) -> tuple[Move, ...]:
    """The five rows. They change no status and stop no other clock."""
    everywhere = frozenset(statuses)
    return (
        Move(
            SUPERVISE,
            _("督办"),
            before=everywhere,
            roles=SUPERVISORS,
            fields=(
                Field(
                    "addressee",
                    _("督办对象"),
                    "choice",
                    choices=tuple(Supervision.Addressee.choices),
                ),
                Field("demand", _("督办要求"), max_length=WORDS_LENGTH),
            ),
            start=(CLOCK,),
            paused=None,
            note=False,
            beside=True,
            when=none_stands,
        ),
        *(
            Move(
                action,
                _("督办答复"),
                before=everywhere,
                roles=roles,
                fields=(REPLY,),
                stop=(CLOCK,),
                paused=None,
                note=False,
                beside=True,
                when=when,
            )
            for action, roles, when in (
                (ANSWER, LEADS, waits_for_an_answer),
                (REPORT, HANDLERS, waits_for_the_handler),
            )
        ),
        Move(
            ACCEPT,
            _("督办办结"),
            before=everywhere,
            roles=SUPERVISORS,
            paused=None,
            beside=True,
            when=is_answered,
        ),
        Move(
            RETURN,
            _("退回督办答复"),
            before=everywhere,
            roles=SUPERVISORS,
            fields=(Field("objection", _("退回理由"), max_length=WORDS_LENGTH),),
            start=(CLOCK,),
            paused=None,
            note=False,
            beside=True,
            when=is_answered,
        ),
    )
