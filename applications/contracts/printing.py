"""A contract on paper, before and after it is signed; and whether a kept paper is still the one."""

from __future__ import annotations

import hashlib
import logging
from contextvars import ContextVar
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.contracts import wording
from applications.models import Contract
from waterdesk import papers
from waterdesk.core.errors import DeskError, NotFound
from waterdesk.core.models.record import Event

log = logging.getLogger(__name__)
# Equal papers are the same bytes, so that what was printed ahead is either right or not used.
_printed: ContextVar[tuple[papers.Paper, bytes] | None] = ContextVar("printed", default=None)


class Tampered(DeskError):
    """What is kept is not what the record says was made or signed."""

    code = "tampered"
    status = 409
    message = gettext_lazy("合同存档与留痕不符，已停止提供，请拨打服务热线核实。")


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def ahead(contract: Contract) -> None:
    """Print the paper that `waiting` will be asked for next, while nobody waits for the case."""
    paper = _to_read(contract)
    _printed.set((paper, papers.pdf(paper)))


def waiting(contract: Contract) -> bytes:
    """The paper that the customer reads. Costs nothing where the very same was printed ahead."""
    paper, printed = _to_read(contract), _printed.get()
    _printed.set(None)
    if printed is not None and printed[0] == paper:
        return printed[1]
    return papers.pdf(paper)


def _to_read(contract: Contract) -> papers.Paper:
    with translation.override(settings.LANGUAGE_CODE):
        facts = contract.facts
        places = ((_("供水人"), (facts["utility"],)), (_("用水人"), (_("待短信验证码签署"),)))
        return _paper(contract, places)


def signed(contract: Contract, at: datetime, phone: str) -> bytes:
    """The paper with the signature: when, by which number (masked), of which paper."""
    with translation.override(settings.LANGUAGE_CODE):
        facts = contract.facts
        lines = (
            facts["name"],
            _("短信验证码签署：%(phone)s") % {"phone": phone},
            _("签署时间：%(at)s") % {"at": _instant(at)},
            _("所签文本 SHA-256：%(sha256)s") % {"sha256": contract.sha256},
        )
        places = ((_("供水人"), (facts["utility"],)), (_("用水人"), lines))
        return papers.pdf(_paper(contract, places))


def kept(contract: Contract, *, signed: bool) -> bytes:
    """The paper as it was made. Raises NotFound where there is none, Tampered where it is another.

    The record, which nobody can change, says what the digests were.
    """
    paper = contract.papers.filter(signed=signed).first()
    if paper is None:
        raise NotFound(_("没有找到该合同。"))
    body = bytes(paper.body)
    check(contract)
    wanted = _in_record(contract, "contract_signed" if signed else "contract_made")
    if sha256(body) != wanted.get("signed_sha256" if signed else "sha256"):
        raise _tampered(contract, "paper")
    return body


def check(contract: Contract) -> None:
    """Raises Tampered, and says so in the log, unless the row is what the record says was made."""
    made = _in_record(contract, "contract_made")
    content = wording.digest(contract.number, contract.words, contract.facts)
    if (contract.sha256, content) != (made.get("sha256"), made.get("content")):
        raise _tampered(contract, "words")
    if contract.is_signed:
        said = _in_record(contract, "contract_signed")
        if (contract.signed_sha256, contract.sha256) != (
            said.get("signed_sha256"),
            said.get("sha256"),
        ):
            raise _tampered(contract, "signature")


def _tampered(contract: Contract, what: str) -> Tampered:
    log.error("contract %s: its %s differ from the record", contract.number, what)
    return Tampered()


def _in_record(contract: Contract, action: str) -> dict[str, str]:
    events = Event.objects.filter(case=contract.case.number, action=action)
    return next((e.data for e in events if e.data.get("contract") == contract.number), {})


def _paper(contract: Contract, places: tuple[tuple[str, tuple[str, ...]], ...]) -> papers.Paper:
    blocks: list[papers.Heading | papers.Words | papers.Signs] = []
    for heading, text in contract.words["paragraphs"]:
        if heading:
            blocks.append(papers.Heading(heading))
        blocks.append(papers.Words(text))
    return papers.Paper(
        title=contract.words["title"],
        number=contract.number,
        issuer=contract.facts["utility"],
        subtitle=_("合同编号 %(number)s") % {"number": contract.number},
        blocks=(*blocks, papers.Signs(places)),
        digest=wording.digest(contract.number, contract.words, contract.facts),
        printed=_("生成于 %(at)s") % {"at": _instant(contract.made_at)},
        link=f"{settings.SITE_URL}{reverse('track', args=[contract.case.number])}",
        link_note=_("扫码查验"),
        page_words=_("第 %(page)d 页，共 %(pages)d 页"),
    )


def _instant(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
