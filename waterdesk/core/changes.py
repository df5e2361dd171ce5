"""What somebody sends with a move, checked against the fields its row asks for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core.audiences import crew_for
from waterdesk.core.errors import Invalid, Message
from waterdesk.core.flow import Field, Move
from waterdesk.core.pictures import Picture

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy

NOTE_LENGTH = 500
# An instant outside these years is a slip of the hand.
YEARS = range(2000, 2200)


def clean(
    move: Move, given: Mapping[str, Any], note: str, case: Case, policy: Policy
) -> tuple[dict[str, Any], str]:
    """The values to set and the note, or Invalid naming every field at fault.

    A move that asks for its note by a field of that name takes it from either place.
    """
    faults: dict[str, Message] = {}
    values: dict[str, Any] = {}
    if note and any(field.name == "note" for field in move.fields):
        given, note = {"note": note} | dict(given), ""
    for name in given.keys() - {field.name for field in move.fields}:
        faults[name] = _("这一步不需要填写此项。")
    for field in move.fields:
        raw = given.get(field.name)
        if raw in (None, "") or (isinstance(raw, str) and not raw.strip()):
            if field.required:
                faults[field.name] = _("请填写“%(label)s”。") % {"label": field.label}
            continue
        try:
            values[field.name] = _CLEANERS[field.kind](field, raw, case, policy)
        except Invalid as fault:
            faults[field.name] = fault.message
    note = values.pop("note", "") or plain(note)
    if len(note) > NOTE_LENGTH:
        faults["note"] = _("说明不能超过 %(most)d 个字。") % {"most": NOTE_LENGTH}
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    return values, note


def plain(text: Any) -> str:
    """Text without surrounding blanks and without NUL, which PostgreSQL cannot hold."""
    return str(text or "").replace("\x00", "").strip()


def _text(field: Field, raw: Any, case: Case, policy: Policy) -> str:
    text = plain(raw)
    if len(text) > field.max_length:
        raise Invalid(_("不能超过 %(most)d 个字。") % {"most": field.max_length})
    return text


def _number(field: Field, raw: Any, case: Case, policy: Policy) -> int:
    try:
        number = int(str(raw))
    except ValueError:
        raise Invalid(_("请填写整数。")) from None
    if not 0 <= number <= 10**9:
        raise Invalid(_("数值超出范围。"))
    return number


def _measure(field: Field, raw: Any, case: Case, policy: Policy) -> float:
    try:
        number = round(float(unicodedata.normalize("NFKC", str(raw))), 4)
    except ValueError:
        raise Invalid(_("请填写数字。")) from None
    least = 0 if field.least is None else field.least
    most = 10**9 if field.most is None else field.most
    if not least <= number <= most:
        raise Invalid(_("数值应在 %(least)g 到 %(most)g 之间。") % {"least": least, "most": most})
    return number


def _money(field: Field, raw: Any, case: Case, policy: Policy) -> str:
    """Yuan to the 分, as text with two places, which is how the record keeps it."""
    text = plain(raw).replace(",", "").replace("，", "").removesuffix("元").strip()
    amount = _decimal(text)
    if amount is None or amount != round(amount, 2):
        raise Invalid(_("请填写金额（元），最多两位小数。"))
    if amount < 0:
        raise Invalid(_("金额不能为负。"))
    return f"{amount:.2f}"


def _figures(field: Field, raw: Any, case: Case, policy: Policy) -> dict[str, str]:
    """Numbers from 0 up by code, as text without needless zeros; what has no number is left out."""
    if not isinstance(raw, Mapping):
        parts = re.split(r"[;；\n]", plain(raw))
        raw = dict(part.split("=", 1) for part in parts if "=" in part)
    found = {}
    for code, said in raw.items():
        if said is None or not plain(said):
            continue
        number = _decimal(plain(said))
        if number is None or number < 0 or number != round(number, 2):
            raise Invalid(_("“%(what)s”应为不小于 0 的数，最多两位小数。") % {"what": code})
        found[plain(code)] = f"{number:.2f}".rstrip("0").rstrip(".")
    return found


def _decimal(text: str) -> Decimal | None:
    """A number below a thousand million, or None."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) <= 10**9 else None


def _date(field: Field, raw: Any, case: Case, policy: Policy) -> str:
    """A day as ISO text, which is how the record keeps it."""
    try:
        return date.fromisoformat(plain(raw)).isoformat()
    except ValueError:
        raise Invalid(_("请填写日期，如 2026-11-30。")) from None


def _moment(field: Field, raw: Any, case: Case, policy: Policy) -> str:
    """An instant as ISO text in UTC; without an offset it is the desk's own time."""
    text = plain(raw)
    try:
        if "T" not in text.upper().replace(" ", "T"):
            raise ValueError(text)
        at = datetime.fromisoformat(text)
        at = timezone.make_aware(at) if at.tzinfo is None else at
        if at.year not in YEARS:
            raise ValueError(text)
        return at.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise Invalid(_("请填写日期和时间，如 2026-11-30 09:05。")) from None


def _pause(field: Field, raw: Any, case: Case, policy: Policy) -> int:
    """Which of the case's pauses, from 1 on in the order in which they were made."""
    text = plain(raw)
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
    if not 1 <= number <= case.pauses.count():
        raise Invalid(_("没有这一次停表。"))
    return number


def _photos(field: Field, raw: Any, case: Case, policy: Policy) -> list[Picture]:
    """Pictures that were decoded and kept before: see core.evidence."""
    if not (isinstance(raw, list) and all(isinstance(each, Picture) for each in raw)):
        raise Invalid(_("照片须作为文件上传。"))
    return raw


def _flag(field: Field, raw: Any, case: Case, policy: Policy) -> bool:
    return raw in (True, "true", "True", "on", "1", 1)


def _choice(field: Field, raw: Any, case: Case, policy: Policy) -> str:
    if str(raw) not in dict(field.choices):
        raise Invalid(_("请从列表中选择。"))
    return str(raw)


def _reason(field: Field, raw: Any, case: Case, policy: Policy) -> str:
    if (field.use, str(raw)) not in policy.reasons:
        raise Invalid(_("请从列表中选择原因。"))
    return str(raw)


def _reasons(field: Field, raw: Any, case: Case, policy: Policy) -> list[str]:
    """Codes from one list, each once, in the order of the list; commas part those of a text."""
    given = raw if isinstance(raw, list) else str(raw).split(",")
    codes = {plain(each) for each in given} - {""}
    for code in codes:
        _reason(field, code, case, policy)
    return sorted(codes, key=lambda code: policy.reasons[field.use, code].position)


def _handler(field: Field, raw: Any, case: Case, policy: Policy) -> User:
    for user in crew_for(case, policy):
        if user.username == str(raw):
            return user
    raise Invalid(_("此人不在本片区可派人员之列。"))


_CLEANERS: dict[str, Callable[[Field, Any, Case, Policy], Any]] = {
    "text": _text,
    "number": _number,
    "decimal": _measure,
    "money": _money,
    "figures": _figures,
    "flag": _flag,
    "date": _date,
    "moment": _moment,
    "pause": _pause,
    "photos": _photos,
    "choice": _choice,
    "reason": _reason,
    "reasons": _reasons,
    "handler": _handler,
}
