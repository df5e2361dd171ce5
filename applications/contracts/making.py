"""A contract comes to be when the water is on, and goes when the case it belongs to ends."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from applications.contracts import printing, reminding, telling, wording
from applications.models import Application, Contract, ContractPaper, ContractTemplate
from waterdesk.core import policy
from waterdesk.core import wording as words_of_all
from waterdesk.core.errors import Conflict
from waterdesk.core.flow import Field, Move

if TYPE_CHECKING:
    from waterdesk.core.turn import Turn

MADE, SIGNED, WITHDRAWN = "contract_made", "contract_signed", "contract_withdrawn"
ENDED = frozenset({"refused", "cancelled"})
KEY_BYTES = 9  # 72 bits in 12 characters of a short message

_CONTRACT = Field("contract", _("合同编号"), max_length=30)
_VERSION = Field("version", _("模板版本"), "number")
_SHA256 = Field("sha256", _("合同摘要（SHA-256）"), max_length=64)
_CONTENT = Field("content", _("文本摘要（SHA-256）"), max_length=64)


def moves(statuses: frozenset[str]) -> tuple[Move, ...]:
    """What the desk itself does about contracts; no person and no call of the API makes these.

    Signing above all: only who types the code that was sent to the customer's phone gets to it.
    """
    return (
        Move(
            MADE,
            _("生成供水合同"),
            before=statuses,
            fields=(_CONTRACT, Field("template", _("合同模板")), _VERSION, _SHA256, _CONTENT),
            paused=None,
            note=False,
        ),
        Move(
            SIGNED,
            _("客户以短信验证码签署合同"),
            before=statuses - ENDED,
            fields=(
                _CONTRACT,
                _VERSION,
                _SHA256,
                Field("signed_sha256", _("已签合同摘要（SHA-256）"), max_length=64),
                Field("signed_phone", _("签署号码"), max_length=20),
            ),
            paused=None,
            tell=("customer",),
            note=False,
        ),
        Move(
            WITHDRAWN,
            _("撤回未签合同"),
            before=statuses,
            fields=(_CONTRACT,),
            paused=None,
            note=False,
        ),
    )


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """What a move of an application means for its contract; see Flow.follow."""
    if move.action == "water_on":
        _make(turn)
    elif move.action == SIGNED:
        _sign(turn, values)
    elif move.after in ENDED:
        waiting = _valid(turn.case)
        if waiting is not None and waiting.is_waiting:
            _withdraw(turn, waiting)


def prepare(case: Application, at: datetime) -> None:
    """Print what `follow` will keep, before the case is locked: paper takes a fifth of a second.

    Nothing is promised by it: where the case says otherwise once it is locked, another is printed.
    """
    template, before = template_for(case, at), _valid(case)
    if template is not None and (before is None or before.is_waiting):
        printing.ahead(drafted(case, template, at))


def template_for(case: Application, at: datetime) -> ContractTemplate | None:
    """The version in force at `at` that fits the case and says most of it; None: no contract."""
    covered = case.customer_class
    said = {
        "services": case.subject,
        "classes": covered.code if covered else "",
        "uses": case.use,
    }
    in_force = ContractTemplate.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=at), effective_from__lte=at
    )
    fitting = [
        row
        for row in in_force
        if all(not getattr(row, name) or code in getattr(row, name) for name, code in said.items())
    ]
    return max(
        fitting,
        key=lambda row: (
            sum(bool(getattr(row, name)) for name in said),
            row.effective_from,
            row.version,
        ),
        default=None,
    )


def facts_of(case: Application, number: str, at: datetime) -> dict[str, str]:
    """What the placeholders stand for, in the utility's language; `at` is when the water came."""
    rules = policy.current()
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "contract": number,
            "number": case.number,
            "utility": rules.company_of(case.area_id),
            "hotline": rules.utility.hotline,
            "name": case.name,
            "identity": case.uscc or case.id_number or str(_("证件号码未登记")),
            "contact": case.contact or case.name,
            "phone": case.phone,
            "address": case.address,
            "service": rules.subject(case.kind, case.subject),
            "use": case.get_use_display(),
            "calibre": case.calibre,
            "meter": case.meter_number or "—",
            "opened": _day(case.opened_at),
            "water_on": _day(at),
        }


def masked(facts: Mapping[str, str]) -> dict[str, str]:
    """The facts as somebody reads them who has not proved to have the customer's phone."""
    return dict(facts) | {
        "name": words_of_all.mask_name(facts["name"]),
        "contact": words_of_all.mask_name(facts["contact"]),
        "identity": words_of_all.mask_identity(facts["identity"]),
        "phone": words_of_all.mask_phone(facts["phone"]),
        "address": words_of_all.STARS,
    }


def _make(turn: Turn) -> None:
    """Make the contract, unless the case has a signed one or one that says just the same."""
    case, at = turn.case, turn.at
    template = template_for(case, at)
    before = _valid(case)
    if template is None or (before is not None and before.is_signed):
        return
    if before is not None:
        _withdraw(turn, before)
    contract = drafted(case, template, at)
    body = printing.waiting(contract)
    contract.sha256 = printing.sha256(body)
    turn.keep(contract)
    turn.keep(ContractPaper(contract=contract, signed=False, body=body))
    said = {
        "contract": contract.number,
        "template": template.code,
        "version": template.version,
        "sha256": contract.sha256,
        "content": wording.digest(contract.number, contract.words, contract.facts),
    }
    turn.make(turn.flow.move(MADE), {}, "", by_desk=True, because=said)
    # Not by the row: the link opens the contract to whoever has the message, and no other text
    # has it.
    turn.notices.append(telling.notice(contract, telling.MADE, "made"))


def drafted(case: Application, template: ContractTemplate, at: datetime) -> Contract:
    """An unsaved contract; its digest is that of a paper which is still to be printed."""
    number = f"{case.number}-H{case.contracts.count() + 1}"
    facts = facts_of(case, number, at)
    return Contract(
        case=case,
        template=template,
        number=number,
        facts=facts,
        words=wording.filled(template.title, template.paragraphs, facts),
        key=secrets.token_urlsafe(KEY_BYTES),
        made_at=at,
        remind_at=reminding.first(template.remind_days, at),
    )


def _sign(turn: Turn, values: Mapping[str, Any]) -> None:
    """Sign what was read, or raise Conflict where that is not what waits any more."""
    contract = _valid(turn.case)
    read = (values["contract"], values["version"], values["sha256"])
    if contract is None or read != (contract.number, contract.template.version, contract.sha256):
        raise Conflict(_("合同已更新，请重新阅读后再签署。"))
    if contract.is_signed:
        raise Conflict(_("合同已经签署。"))
    contract.state = Contract.State.SIGNED.value
    contract.signed_at = turn.at
    contract.signed_phone = values["signed_phone"]
    contract.signed_sha256 = values["signed_sha256"]
    contract.remind_at = None
    turn.keep(contract)


def _withdraw(turn: Turn, contract: Contract) -> None:
    contract.state = Contract.State.WITHDRAWN.value
    contract.withdrawn_at = turn.at
    contract.remind_at = None
    # Kept before the one that takes its place: a case has one valid contract at any instant.
    turn.keep(contract)
    because = {"contract": contract.number}
    turn.make(turn.flow.move(WITHDRAWN), {}, "", by_desk=True, because=because)


def _valid(case: Application) -> Contract | None:
    if case.pk is None:
        return None  # refused by rule while it was being opened
    valid = Contract.objects.filter(case=case).exclude(state=Contract.State.WITHDRAWN)
    return valid.select_related("template").first()


def _day(at: datetime) -> str:
    local = timezone.localtime(at)
    return _("%(year)d年%(month)d月%(day)d日") % {
        "year": local.year,
        "month": local.month,
        "day": local.day,
    }
