"""Signing by a code sent to the customer's phone. Nobody at a desk can do it for the customer."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from applications.contracts import making, printing, telling
from applications.models import Contract, ContractPaper, SigningCode
from notifications import outbox
from waterdesk.core import door, throttle, wording
from waterdesk.core.errors import Conflict, Invalid

MINUTES = 10
MOST_TRIES = 5
# Each as (scope, how many, within seconds). *chosen*, as for signing in.
PER_PHONE = (
    ("contract.pause", 1, 60),
    ("contract.hour", 5, 3600),
    ("contract.day", 12, 86400),
)
PER_ADDRESS = ("contract.address", 60, 3600)
TRIES_PER_ADDRESS = ("contract.tries", 60, 600)

STALE = _("验证码已失效，请重新获取验证码。")
SPENT = _("验证码已输错 %(tries)d 次，请重新获取验证码。")
WRONG = _("验证码不正确，还可以再试 %(left)d 次。")


def send_code(request: HttpRequest, contract: Contract, at: datetime) -> None:
    """Send a new code to the customer's phone; the one before is void.

    Raises Throttled when the number or the address asked too often, Conflict unless the contract
    waits for a signature.
    """
    _must_wait(contract)
    _hit(request, contract)
    code, nonce = f"{secrets.randbelow(10**6):06d}", secrets.token_hex(16)
    with transaction.atomic():
        row = SigningCode.objects.create(
            contract=contract,
            nonce=nonce,
            digest=_digest(nonce, code),
            sent_at=at,
            expires_at=at + timedelta(minutes=MINUTES),
        )
        said = {"code": code, "minutes": str(MINUTES), "number": contract.number}
        outbox.queue([telling.notice(contract, telling.CODE, f"code-{row.pk}", said)], at)


def send_link(request: HttpRequest, contract: Contract, at: datetime) -> None:
    """Send the link that opens the contract to the phone once more; throttled like a code."""
    _must_wait(contract)
    _hit(request, contract)
    with transaction.atomic():
        again = f"link-{at:%Y%m%dT%H%M%S}"
        outbox.queue([telling.notice(contract, telling.REMINDER, again)], at)


def sign(
    request: HttpRequest, contract: Contract, *, code: str, sha256: str, version: str, at: datetime
) -> None:
    """Sign what the form says was read, with the code that was typed.

    Signing the same again changes nothing. Raises Invalid for a code that is wrong, stale or
    spent, Conflict where what was read is not the contract any more, or was withdrawn.
    """
    read_it = (sha256, version) == (contract.sha256, str(contract.template.version))
    if contract.is_signed and read_it:
        return
    if contract.is_signed:
        raise Conflict(_("合同已经签署，您提交的是另一份文本。"))
    _must_wait(contract)
    if not read_it:
        raise Conflict(_("合同已更新，请重新阅读后再签署。"))
    printing.check(contract)
    throttle.hit(request, *TRIES_PER_ADDRESS)
    row = _proved(contract, code, at)
    phone = wording.mask_phone(contract.facts["phone"])
    body = printing.signed(contract, at, phone)
    values = {
        "contract": contract.number,
        "version": contract.template.version,
        "sha256": contract.sha256,
        "signed_sha256": printing.sha256(body),
        "signed_phone": phone,
    }
    with transaction.atomic():
        door.move(contract.case.number, making.SIGNED, actor=None, at=at, changes=values)
        if not SigningCode.objects.filter(pk=row.pk, used_at=None).update(used_at=at):
            raise Invalid(STALE)
        ContractPaper.objects.create(contract=contract, signed=True, body=body)


def _proved(contract: Contract, typed: str, at: datetime) -> SigningCode:
    """The newest code, if `typed` is it. Every try counts, whatever comes of the rest.

    Counted in one statement: of tries at once none slips through.
    """
    row = contract.codes.order_by("-pk").first()
    if row is None or row.used_at is not None or row.expires_at <= at:
        raise Invalid(STALE)
    counted = SigningCode.objects.filter(pk=row.pk, tries__lt=MOST_TRIES)
    if not counted.update(tries=F("tries") + 1):
        raise Invalid(SPENT % {"tries": MOST_TRIES})
    if not constant_time_compare(_digest(row.nonce, typed), row.digest):
        row.refresh_from_db(fields=["tries"])
        if left := MOST_TRIES - row.tries:
            raise Invalid(WRONG % {"left": left})
        raise Invalid(SPENT % {"tries": MOST_TRIES})
    return row


def _must_wait(contract: Contract) -> None:
    if contract.is_signed:
        raise Conflict(_("合同已经签署。"))
    if not contract.is_waiting:
        raise Conflict(_("这份合同已撤回，不能签署。"))


def _hit(request: HttpRequest, contract: Contract) -> None:
    throttle.hit(request, *PER_ADDRESS)
    for limit in PER_PHONE:
        throttle.hit(contract.case.phone, *limit)


def _digest(nonce: str, code: str) -> str:
    """Keyed with the desk's secret: a million codes are tried in no time by who has the rows."""
    return salted_hmac("contract.code", f"{nonce}:{code}", algorithm="sha256").hexdigest()
