"""The three applications of the town, and what is told of them: nothing but tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.factories import HOUR, MINUTE, MONDAY_0900
from waterdesk.core.models.record import Event

DAWN = MONDAY_0900 - 150 * MINUTE
CREW, CREW_PHONE, LEAD = "field-east-1", "13700000000", "lead-east"


@dataclass(frozen=True, slots=True)
class Deed:
    """One move through the door: so long after Monday 09:00, who, which row, with what.

    `changes(number)` are what the row asks for, of the case of this number.
    """

    after: timedelta
    who: str
    action: str
    changes: Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Walk:
    """One application: what the customer answers, what staff do, and what all pages then say.

    `before` and `water` are the deeds up to the water; between them permits are `filed` and sums
    `paid` on the case page, by the words that stand there. `spent` is the time net and gross.
    `zeros` are the four numbers, `burdens` what stands below them; `messages` are the text's key,
    where it goes and to whom, in the order in which they were sent.
    """

    code: str
    phone: str
    begins: datetime
    before: tuple[Deed, ...]
    water: tuple[Deed, ...]
    spent: tuple[str, str]
    zeros: tuple[str, str, str, str]
    standing: str
    messages: tuple[str, ...]
    typed: Mapping[str, str] = field(default_factory=dict)
    picked: Mapping[str, str] = field(default_factory=dict)
    calibre: str = "20"
    booked: tuple[str, ...] = ()
    filed: tuple[str, ...] = ()
    paid: tuple[Mapping[str, str], ...] = ()
    burdens: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Town:
    """What a profile says: its steps, its name, the limit and the source of each walk."""

    code: str
    utility: str
    steps: tuple[str, str]
    accepted: str
    limits: Mapping[str, str]
    sources: Mapping[str, str]

    def __str__(self) -> str:
        return self.code


def lead(hours: float, action: str, **changes: Any) -> Deed:
    return Deed(hours * HOUR, "lead", action, lambda number: changes)


def crew(hours: float, action: str, **changes: Any) -> Deed:
    return Deed(hours * HOUR, "crew", action, lambda number: changes)


def clerk(hours: float, action: str, **changes: Any) -> Deed:
    return Deed(hours * HOUR, "clerk", action, lambda number: changes)


def the_trip(number: str) -> Mapping[str, Any]:
    """What strikes the one trip that was recorded."""
    trip = Event.objects.get(case=number, action="trip")
    return {"burden": trip.seq, "reason": "mistake-in-record", "note": "查过登记簿。"}


SENT = lead(0.5, "assign", handler=CREW)
# Pipes outside the red line, and twenty metres inside it.
WORK = {"design": "1", "permit": "1", "construction": "60", "material": "60", "meter": "1"}

LARGER = {"design": "1", "permit": "1", "construction": "120", "material": "120", "meter": "1"}

ACCEPTED = ("application.accept.customer sms customer", "application.accept.lead inbox lead")
TO_CREW = (
    "application.assign.handler inbox crew",
    "application.assign.handler sms crew",
    "application.assign.customer sms customer",
)
# Nobody has been sent yet: the lead reads it.
BOOKED = ("application.book.customer sms customer", "application.book.handler inbox lead")
PERMITS = (
    "application.pause.customer sms customer",
    "application.resume.handler inbox crew",
    "application.resume.customer sms customer",
)
QUOTED = ("application.quoted.customer sms customer",)
PAID = ("application.paid.customer sms customer",)
ENDED = (
    "application.water_on.customer sms customer",
    "contract.made.customer sms customer",
    "after.rate.customer sms customer",
    "contract.code sms customer",
    "application.contract_signed.customer sms customer",
    "application.confirm.handler inbox crew",
)

HOUSEHOLD = Walk(
    "household-dn20",
    "13812345601",
    # At night, when no window is open: accepted at once all the same.
    DAWN,
    typed={"姓名": "张三", "用水地址": "城东区朝阳路 8 号"},
    picked={"门口是否已有供水管道": "有"},
    booked=("查勘",),
    before=(lead(0, "assign", handler=CREW),),
    water=(
        crew(0.25, "survey", external_line="false"),
        crew(1, "install", meter_number="SB-20", material="PPR 管 3 米"),
        crew(1.5, "water_on", pressure_mpa="0.28"),
    ),
    spent=("2 小时", "4 小时"),
    zeros=("零", "零", "零", "零"),
    standing="四零达标",
    messages=(*ACCEPTED, *BOOKED, *TO_CREW, *ENDED),
)

COMPANY = Walk(
    "company-dn80",
    "13812345680",
    MONDAY_0900,
    typed={"单位名称": "示例食品有限公司", "经办人": "李工", "用水地址": "城东区朝阳路 80 号"},
    picked={
        "申请人": "单位",
        "门口是否已有供水管道": "没有",
        "用水性质": "非居民（商业、办公、工业）",
    },
    calibre="80",
    before=(
        SENT,
        crew(1, "survey"),
        lead(
            3, "job-scheme", pipe_metres="60", digs_road="true", blocks_traffic="true",
            road_opened_on="2015-05-01",
        ),
        lead(
            3.5, "quote", quantities=WORK | {"inside": "20"}, land="2019-01-01", developer="false",
        ),
        clerk(5, "trip", reason="sign"),
        Deed(5.5 * HOUR, "lead", "burden_struck", the_trip),
    ),
    filed=("road", "traffic"),
    paid=({"金额（元）": "2400", "用于": "红线内", "收费项目": "红线内管道", "流水号": "LS-80"},),
    water=(
        lead(24, "permit_granted", permit="road", document="PZ-road"),
        lead(50, "permit_granted", permit="traffic", document="PZ-traffic"),
        crew(52, "job-external", laid_metres="58"),
        crew(54, "install", meter_number="SB-80"),
        crew(55, "water_on", pressure_mpa="0.3"),
    ),
    spent=("7 小时 30 分", "2 天 7 小时"),
    zeros=("零", "零", "零", "零"),
    standing="四零达标",
    burdens=("跑腿 · 到窗口签字 已更正，不计",),
    messages=(*ACCEPTED, *TO_CREW, *QUOTED, PERMITS[0], *PAID, *PERMITS[1:], *ENDED),
)  # fmt: skip

# Found in a list and looked at before anybody asked: only what is left runs against the clock.
PROJECT = Walk(
    "project-dn150",
    "13700001111",
    MONDAY_0900,
    before=(
        SENT,
        lead(1, "quote", quantities=LARGER, land="2019-01-01", developer="true"),
    ),
    filed=("road", "green"),
    paid=({"金额（元）": "79000", "用于": "红线外", "收费项目": "", "流水号": "LS-150"},),
    water=(
        lead(48, "permit_granted", permit="road", document="PZ-road"),
        lead(50, "permit_granted", permit="green", document="PZ-green"),
        crew(72, "job-external", laid_metres="118"),
        crew(74, "install", meter_number="SB-150"),
        crew(75, "water_on", pressure_mpa="0.32"),
    ),
    spent=("1 个工作日 2 小时", "3 天 3 小时"),
    zeros=("零", "零", "零", "1 次"),
    standing="未达四零",
    burdens=("费用 · 红线外收费 · 79000.00 元",),
    messages=(*ACCEPTED, *TO_CREW, *QUOTED, PERMITS[0], *PAID, *PERMITS[1:], *ENDED),
)
# The list it came in, and what was written down of it weeks before it became an application.
LIST = (
    "项目编号,项目名称,建设单位,项目地址,预计用水日期,联系人,联系电话,预计口径,需要敷设外线\n"
    "XM-150,滨江花园二期,滨江置业有限公司,城东区朝阳路 150 号,2026-12-16,王工,13700001111,150,是\n"
)
BEFOREHAND = {
    "survey": {"survey_on": "2026-10-20", "survey_notes": "路边有 DN300 干管"},
    "scheme": {
        "scheme_on": "2026-10-28", "pipe_metres": "120", "digs_road": "yes", "digs_green": "yes",
        "road_opened_on": "2016-05-01",
    },
}  # fmt: skip

ZHUZHOU = Town(
    "zhuzhou",
    "示例市供水公司",
    ("申请受理", "装表通水"),
    "接下来由水管家上门，请保持电话畅通",
    {
        "household-dn20": "0.5 个工作日",
        "company-dn80": "3 个工作日",
        "project-dn150": "10 个工作日",
    },
    {
        "household-dn20": "株洲 4424 服务模式：2 个环节、0.5 个工作日",
        "company-dn80": "有外线、口径小于 DN100 为 3 个工作日",
        "project-dn150": "有外线、口径 DN100 及以上为 10 个工作日",
    },
)
CHANGSHA = Town(
    "changsha",
    "长沙示例供水公司",
    ("受理", "装表通水"),
    "长沙示例供水公司已受理您的新装用水申请",
    dict.fromkeys(("household-dn20", "company-dn80", "project-dn150"), "3 个工作日"),
    dict.fromkeys(
        ("household-dn20", "company-dn80", "project-dn150"),
        "长沙公布：受理、装表通水 2 个环节，3 个工作日",
    ),
)
TOWNS = (ZHUZHOU, CHANGSHA)
