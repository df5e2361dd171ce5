"""What a ticket keeps of the knowledge base: which article answered it, what was sent by SMS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from notifications.addresses import mobile
from tickets.models import Article, ArticleUse
from tickets.models.knowledge import SHORT_LENGTH
from waterdesk.core.errors import Invalid
from waterdesk.core.flow import DISPATCH, Field, Label, Move
from waterdesk.core.models.cases import Case
from waterdesk.core.record import Fact

if TYPE_CHECKING:
    from waterdesk.core.turn import Turn

SEND = "send_answer"
HEARD = "emergency_heard"

ARTICLE = Field(
    "article", _("知识条目"), required=False, max_length=40, help=_("条目的编码；没有用到则不填。")
)
SMS = Field("sms", _("短信发送答复"), kind="flag", required=False)
TEXT = Field("text", _("短信内容"), max_length=SHORT_LENGTH)


def can_be_sent(case: Case) -> bool:
    """Whether the caller's number takes short messages."""
    return bool(mobile(case.phone))


def _why_not(case: Case) -> Label:
    return _("来电号码不是手机号码，不能发送短信。")


def _as_result(case: Case, values: Mapping[str, Any]) -> dict[str, str]:
    return {"result": values["text"]}


def moves(everywhere: frozenset[str]) -> tuple[Move, ...]:
    """The row by which an answer goes out by SMS, in whatever status the ticket is."""
    return (
        Move(
            SEND,
            _("短信发送答复"),
            before=everywhere,
            roles=DISPATCH,
            fields=(TEXT, ARTICLE),
            paused=None,
            note=False,
            tell=("customer",),
            when=can_be_sent,
            why_not=_why_not,
            beside=True,
            apart=True,
            words=_as_result,
        ),
    )


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """Keep the use of an article, send the answer that is asked for, tell of a danger heard.

    Raises Invalid for an article that there is not, and for a number that takes no SMS.
    """
    case = turn.case
    if move is turn.flow.opening and case.emergency:
        heard = {"emergency": case.emergency, "emergency_words": case.emergency_words}
        turn.say(Fact(HEARD, turn.at, heard))
    code, sends = values.get("article", ""), values.get("sms") is True
    if code and not sends:
        turn.keep(ArticleUse(article=_article(code), at=turn.at, sent=move.action == SEND))
    if sends:
        _send(turn, values["result"], code)


def _send(turn: Turn, text: str, code: str) -> None:
    """The answer that was just given, by SMS: a move of its own, which counts the use."""
    if not can_be_sent(turn.case):
        wrong = _why_not(turn.case)
        raise Invalid(wrong, fields={"sms": wrong})
    if len(text) > SHORT_LENGTH:
        wrong = _("短信不能超过 %(most)d 个字。") % {"most": SHORT_LENGTH}
        raise Invalid(wrong, fields={"result": wrong})
    turn.make(turn.flow.move(SEND), {"text": text} | ({"article": code} if code else {}), "")


def _article(code: str) -> Article:
    found = Article.objects.filter(code=code).first()
    if found is None:
        wrong = _("没有这个知识条目。")
        raise Invalid(wrong, fields={"article": wrong})
    return found
