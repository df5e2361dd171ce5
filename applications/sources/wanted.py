"""Which facts an application needs by its service, which source has them, what each is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from applications.catalogue import held
from waterdesk.core.policy import holds

if TYPE_CHECKING:
    from applications.models import Application

REGISTRATION, IDENTITY, OWNERSHIP, ARREARS = "registration", "identity", "ownership", "arrears"
REGISTRY, PERSONS, PROPERTY, BILLING = "registry", "identity", "property", "arrears"

SOURCE_OF: Mapping[str, str] = {
    REGISTRATION: REGISTRY,
    IDENTITY: PERSONS,
    OWNERSHIP: PROPERTY,
    ARREARS: BILLING,
}
FACTS = tuple(SOURCE_OF)


@dataclass(frozen=True, slots=True)
class Applicant:
    """As much of an application as sources are asked with; what was not given is ""."""

    kind: str
    service: str
    name: str
    phone: str = ""
    address: str = ""
    id_number: str = ""
    uscc: str = ""
    account: str = ""

    @classmethod
    def of(cls, case: Application) -> Applicant:
        return cls(
            kind=case.applicant_kind,
            service=case.subject,
            name=case.name,
            phone=case.phone,
            address=case.address,
            id_number=case.id_number,
            uscc=case.uscc,
            account=case.account,
        )


def wanted(kind: str, service: str) -> tuple[str, ...]:
    """The codes of the facts that an application for `service` by this kind of applicant needs."""
    found = held.service(service)
    asked = {
        each.source
        for each in (found.facts if found else ())
        if each.when is None or holds(each.when, {"customer": kind})
    }
    return tuple(fact for fact, source in SOURCE_OF.items() if source in asked)


def question(fact: str, applicant: Applicant) -> dict[str, str] | None:
    """What the source is sent, or None when the application holds too little to ask."""
    return _QUESTIONS[fact](applicant)


def _registration(applicant: Applicant) -> dict[str, str] | None:
    return {"uscc": applicant.uscc} if applicant.uscc else None


def _identity(applicant: Applicant) -> dict[str, str] | None:
    """By the number of identity where it was given, else by the mobile number."""
    if not applicant.name:
        return None
    if applicant.id_number:
        return {"name": applicant.name, "id_number": applicant.id_number}
    return {"name": applicant.name, "mobile": applicant.phone} if applicant.phone else None


def _ownership(applicant: Applicant) -> dict[str, str] | None:
    if not (applicant.address and applicant.name):
        return None
    return {"address": applicant.address, "name": applicant.name}


def _arrears(applicant: Applicant) -> dict[str, str] | None:
    """By the account alone where there is one, else by whatever identifies the applicant."""
    if applicant.account:
        return {"account": applicant.account}
    given = {
        "phone": applicant.phone,
        "id_number": applicant.id_number,
        "uscc": applicant.uscc,
    }
    return {name: value for name, value in given.items() if value} or None


_QUESTIONS: Mapping[str, Callable[[Applicant], dict[str, str] | None]] = {
    REGISTRATION: _registration,
    IDENTITY: _identity,
    OWNERSHIP: _ownership,
    ARREARS: _arrears,
}
