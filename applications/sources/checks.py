"""What the survey does instead of an upload: one check for each fact that stays in doubt. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from applications.sources.answers import verdict
from applications.sources.outcomes import Outcome, Unknown, Why
from applications.sources.wanted import ARREARS, FACTS, IDENTITY, OWNERSHIP, REGISTRATION


@dataclass(frozen=True, slots=True)
class Check:
    """`code` is that of the fact in doubt; `words` tell our own people what to look at."""

    code: str
    words: Lazy


# Our people look; nobody hands over or uploads anything.
_UNKNOWN: Mapping[str, Lazy] = {
    REGISTRATION: _("现场查看营业执照，核对名称和登记状态；只看原件，不收复印件。"),
    IDENTITY: _("现场查看申请人证件，核对姓名；只看原件，不收复印件。"),
    OWNERSHIP: _("现场核对房屋是谁的、何时取得土地、是否合法建筑。"),
    ARREARS: _("查勘前请营业所核对申请人有无欠费。"),
}
_DOUBTFUL: Mapping[tuple[str, str], Lazy] = {
    (REGISTRATION, "other-name"): _("登记名称与申请不一致，现场核对是哪一家单位。"),
    (REGISTRATION, "inactive"): _("单位已不在册，现场核实由谁用水、由谁签合同。"),
    (IDENTITY, "mismatch"): _("姓名与号码不一致，现场查看申请人证件；只看原件，不收复印件。"),
    (OWNERSHIP, "other-owner"): _("登记的权利人不是申请人，现场问清是承租、代办还是已转让。"),
    (OWNERSHIP, "illegal"): _("登记为违法建筑，现场核实后由负责人决定。"),
    (ARREARS, "owed"): _("有欠费：告知客户缴费渠道；不因此停供，是否影响办理由人决定。"),
}


def to_check(outcomes: Mapping[str, Outcome]) -> list[Check]:
    """The checks that the survey must do, in the order of FACTS; none for what is known and right.

    Who is not in the accounts owes nothing: that ARREARS are not found is an answer.
    """
    return [
        Check(fact, words)
        for fact in FACTS
        if fact in outcomes and (words := _words(fact, outcomes[fact])) is not None
    ]


def _words(fact: str, outcome: Outcome) -> Lazy | None:
    if isinstance(outcome, Unknown):
        newcomer = fact == ARREARS and outcome.why is Why.NOT_FOUND
        return None if newcomer else _UNKNOWN[fact]
    return _DOUBTFUL.get((fact, verdict(fact, outcome.value)))
