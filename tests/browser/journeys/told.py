"""What is typed and what is done for each service, in the words that stand on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

ACCOUNT = {"户号": "100200300"}
CREW = "field-east-1"


@dataclass(frozen=True, slots=True)
class Work:
    """One button of staff: what is filled in and chosen before it is pressed."""

    who: str
    button: str
    typed: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Journey:
    """What the customer answers beside name, phone and address, and what staff do, in order."""

    code: str
    name: str
    work: tuple[Work, ...]
    typed: Mapping[str, str] = field(default_factory=dict)
    picked: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    last_step: str = "办理"
    result: str = "已办好"

    def __str__(self) -> str:
        return self.code


def day(after: int) -> str:
    return f"{timezone.localdate() + timedelta(days=after)}"


def crew(button: str, **typed: str) -> Work:
    return Work("crew", button, typed)


def desk(button: str, chosen: Mapping[str, str] | None = None, **typed: str) -> Work:
    return Work("desk", button, typed, chosen or {})


SENT = desk("派单", {"外勤人员": CREW})
SURVEYED = crew("完成“上门查勘”")

JOURNEYS = (
    Journey(
        "new-connection",
        "新装用水",
        picked={"门口是否已有供水管道": "有"},
        last_step="装表通水",
        result="已通水",
        work=(SENT, crew("查勘完成"), crew("装表完成", 水表编号="SB-1"), crew("通水")),
    ),
    Journey(
        "transfer",
        "过户更名",
        typed=ACCOUNT | {"原户名": "李四"},
        chosen={"过户原因": "房屋买卖"},
        work=(desk("完成“核对资料”"), desk("完成“更名”")),
    ),
    Journey(
        "capacity-increase",
        "增容",
        typed=ACCOUNT,
        chosen={"换成的口径": "DN40"},
        last_step="换表通水",
        work=(
            desk("受理"),
            SENT,
            SURVEYED,
            crew("完成“换表”", 水表编号="SB-2", 旧表读数="120"),
            desk("完成“更新计费资料”"),
        ),
    ),
    Journey(
        "suspend",
        "报停",
        typed=ACCOUNT,
        days={"从哪天起": 3},
        work=(SENT, crew("完成“关表加封”", 封表读数="88"), desk("完成“账户报停”")),
    ),
    Journey(
        "resume",
        "复装",
        typed=ACCOUNT,
        picked={"停水原因": "之前报停"},
        last_step="通水",
        work=(SENT, crew("完成“启封通水”", 启封读数="88"), desk("完成“账户恢复”")),
    ),
    Journey(
        "close-account",
        "销户",
        typed=ACCOUNT,
        days={"希望哪天停水": 5},
        work=(
            SENT,
            crew("完成“拆表”", 末次读数="310.5", 拆回的表号="SB-3"),
            desk("完成“结清账户”"),
        ),
    ),
    Journey(
        "move-meter",
        "迁移表",
        typed=ACCOUNT | {"移到哪里": "从楼道移到室外表箱"},
        picked={"需要开挖吗": "不需要"},
        last_step="迁表",
        work=(SENT, SURVEYED, crew("完成“迁表”", 迁表读数="57")),
    ),
    Journey(
        "meter-check",
        "水表校验",
        typed=ACCOUNT,
        picked={"哪里不对": "走得快", "怎么校验": "送检"},
        work=(
            SENT,
            crew("完成“上门校验或拆表”", 读数="42"),
            desk("完成“送检”", 检定证书号="JD-7"),
            desk("完成“出具结果”", {"结论": "合格"}, 示值误差="0.8"),
        ),
    ),
    Journey(
        "large-family",
        "一户多人口",
        typed=ACCOUNT | {"家里几口人": "6"},
        work=(desk("完成“核对资料”"), desk("完成“调整阶梯水量”", 核定人数="6")),
    ),
    Journey(
        "relief",
        "低保、特困、两保户减免",
        typed=ACCOUNT,
        picked={"属于哪一类": "低保"},
        work=(desk("完成“核对资料”"), desk("完成“生效减免”")),
    ),
    Journey(
        "quality-test",
        "水质检测上门",
        chosen={"担心什么": "颜色"},
        work=(
            SENT,
            crew("完成“上门取样”", 余氯="0.4", 浊度="0.3"),
            desk("完成“化验”", {"结论": "合格"}),
            desk("完成“告知结果”"),
        ),
    ),
    Journey(
        "temporary",
        "临时用水",
        chosen={"用途": "活动"},
        days={"用到哪一天": 60},
        last_step="装表通水",
        work=(
            SENT,
            SURVEYED,
            crew("完成“装表”", 水表编号="SB-4", 起始读数="0"),
            crew("完成“通水”"),
        ),
    ),
    Journey(
        "elevator",
        "加装电梯管线迁移",
        typed={"楼层数": "7"},
        last_step="管线迁移",
        work=(
            SENT,
            crew("完成“上门查勘”", 需迁管长="30"),
            desk("完成“迁移方案”"),
            crew("完成“管线迁移”"),
            crew("完成“恢复路面”"),
        ),
    ),
)
