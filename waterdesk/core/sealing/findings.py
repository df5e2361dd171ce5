"""What a check of the record can find, as codes with a place; the words are for pages."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _


class Fault(StrEnum):
    CHANGED = "changed"
    MISSING = "missing"
    UNLINKED = "unlinked"
    HEAD = "head"
    ORPHAN = "orphan"
    SEAL_CHANGED = "seal_changed"
    SEAL_UNLINKED = "seal_unlinked"
    SEAL_EVENTS = "seal_events"
    SEAL_SIGNATURE = "seal_signature"
    SEAL_FILE = "seal_file"
    UNSEALED = "unsealed"
    UNGUARDED = "unguarded"


WORDS: dict[str, str | Lazy] = {
    Fault.CHANGED: _("内容被改动"),
    Fault.MISSING: _("缺少留痕"),
    Fault.UNLINKED: _("与上一条不衔接（被插入、调换或重写）"),
    Fault.HEAD: _("办件上的留痕序号或摘要与留痕不符"),
    Fault.ORPHAN: _("有留痕而办件不存在"),
    Fault.SEAL_CHANGED: _("封签被改动"),
    Fault.SEAL_UNLINKED: _("封签与上一封签不衔接"),
    Fault.SEAL_EVENTS: _("当日留痕与封签不符"),
    Fault.SEAL_SIGNATURE: _("封签的签名无效"),
    Fault.SEAL_FILE: _("封签与库外文件不符"),
    Fault.UNSEALED: _("早已过去的一天没有封签"),
    Fault.UNGUARDED: _("数据库中防改动的触发器被停用"),
}
# On the command line, as every other command speaks.
PLAIN = {
    Fault.CHANGED: "was changed",
    Fault.MISSING: "is missing",
    Fault.UNLINKED: "does not follow the event before it",
    Fault.HEAD: "its case says another number of events or another last digest",
    Fault.ORPHAN: "has events and no case",
    Fault.SEAL_CHANGED: "the seal was changed",
    Fault.SEAL_UNLINKED: "does not follow the seal before it",
    Fault.SEAL_EVENTS: "the events of the day do not fit the seal",
    Fault.SEAL_SIGNATURE: "the signature is not by the desk's key",
    Fault.SEAL_FILE: "the line outside the database does not fit the seal",
    Fault.UNSEALED: "has no seal although it is long over",
    Fault.UNGUARDED: "the trigger that refuses changes is off",
}


class Finding(NamedTuple):
    """One fault, and where: B2611…#3, a case, a day, a table."""

    fault: Fault
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {PLAIN[self.fault]}"
