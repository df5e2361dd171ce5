"""A file of orders: read, shown row by row, and opened as a whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tickets.models import Order, OrderImport
from tickets.orders import intake
from waterdesk.core import inputs, policy, tables
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.flow import DISPATCH, Label
from waterdesk.core.intake import Faults
from waterdesk.core.tables import Headings
from waterdesk.core.tables.table import FAULTS

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

# So many orders at once, each of them a ticket with clocks and messages. *chosen*
MOST_ROWS = 500
# What nobody agreed to is cleared away after so long. *chosen*
KEPT = timedelta(days=7)
NAME_LENGTH = 120

LABELS: dict[str, Label] = {
    "number": _("工单编号"),
    "source": _("来源"),
    "received_at": _("转来时间"),
    "term": _("办理时限"),
    "title": _("标题"),
    "category": _("类别"),
    "subtype": _("报修类型"),
    "name": _("来电人"),
    "phone": _("联系电话"),
    "address": _("地址"),
    "content": _("诉求内容"),
}
# In Chinese, whoever reads the page: it is what stands in the lists that come in.
HEADINGS = Headings(
    names={
        "number": ("number", "工单编号", "工单号", "单号", "编号", "来源单号"),
        "source": ("source", "来源", "工单来源"),
        "received_at": ("received_at", "转来时间", "转办时间", "派单时间", "接收时间", "交办时间"),
        "term": ("term", "办理时限", "时限", "办结时限"),
        "title": ("title", "标题", "工单标题"),
        "category": ("category", "类别", "诉求类型", "工单类型"),
        "subtype": ("subtype", "报修类型"),
        "name": ("name", "来电人", "诉求人", "姓名", "联系人"),
        "phone": ("phone", "联系电话", "来电号码", "电话", "手机"),
        "address": ("address", "地址", "事发地址", "诉求地址"),
        "content": ("content", "诉求内容", "内容", "问题描述", "工单内容"),
    },
    labels=LABELS,
    needed=frozenset({"number", "content"}),
    missing=_("没有找到表头：标题行应有“工单编号”和“诉求内容”。"),
)
DEFAULT_SOURCE, DEFAULT_TERM = "12345", "wd5"


@dataclass
class Row:
    """What one line would do: error, new, or known (this number was opened before)."""

    line: int
    given: dict[str, str]
    kind: str = "new"
    faults: Faults = field(default_factory=dict)

    @property
    def faults_in_words(self) -> list[tuple[Label, Label]]:
        return [(LABELS.get(name, name), words) for name, words in self.faults.items()]


def keep(content: bytes, name: str, *, by: User, at: datetime) -> OrderImport:
    """Read a file and keep its rows until somebody agrees; raises Invalid, NotAllowed."""
    may_import(by)
    table = tables.read(content, HEADINGS)
    if len(table.rows) > MOST_ROWS:
        raise Invalid(_("一次最多导入 %(most)d 行，请分成几个文件。") % {"most": MOST_ROWS})
    OrderImport.objects.filter(by=by, applied_at=None, at__lt=at - KEPT).delete()
    return OrderImport.objects.create(
        by=by, at=at, name=inputs.text(name, 1000)[:NAME_LENGTH],
        columns=table.columns, cells=table.rows, ignored=table.ignored,
    )  # fmt: skip


def own(pk: int, by: User, *, lock: bool = False) -> OrderImport:
    """The import of this number, if this person uploaded it; NotFound otherwise."""
    may_import(by)
    rows = OrderImport.objects.filter(by=by)
    found = (rows.select_for_update() if lock else rows).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这次导入，请重新上传。"))
    return found


def plan(kept: OrderImport, by: User, at: datetime) -> list[Row]:
    """What each line would do now. A number that stands twice in the file is a fault."""
    rows = [_row(kept.columns, cells) for cells in kept.cells]
    keys = [(row.given["source"], row.given.get("number", "").strip()) for row in rows]
    twice = {key for key, times in Counter(keys).items() if times > 1}
    there = set(
        Order.objects.filter(number__in={number for _source, number in keys}).values_list(
            "source", "number"
        )
    )
    for row, key in zip(rows, keys, strict=True):
        if key in twice:
            row.faults.setdefault("number", _("这个编号在文件中出现了不止一次。"))
        if not row.faults and key in there:
            row.kind = "known"
            continue
        try:
            intake.draft(row.given, by=by, at=at)
        except Invalid as fault:
            row.faults = dict(fault.fields) | row.faults
        if row.faults:
            row.kind = "error"
    return rows


def apply(pk: int, *, by: User, at: datetime) -> int:
    """Open every order of the file that is not there yet; returns how many.

    All or nothing: raises Conflict while a row is at fault. Twice opens nothing twice.
    """
    with transaction.atomic():
        kept = own(pk, by, lock=True)
        if kept.applied_at is not None:
            return 0
        rows = plan(kept, by, at)
        if any(row.kind == "error" for row in rows):
            raise Conflict(_("文件中还有有误的行，请改正后重新上传；没有导入任何一行。"))
        fresh = [row for row in rows if row.kind == "new"]
        kept.added = sum(intake.open_order(row.given, by=by, at=at)[1] for row in fresh)
        kept.applied_at = at
        kept.save(update_fields=["added", "applied_at"])
    return kept.added


def _row(columns: list[str], cells: list[Any]) -> Row:
    line, *values = cells
    given: dict[str, str] = {}
    faults: Faults = {}
    for name, cell in zip(columns, values, strict=False):
        if isinstance(cell, dict):
            faults[name] = FAULTS[cell["fault"]]
        else:
            given[name] = cell
    given["source"] = given.get("source") or DEFAULT_SOURCE
    given["term"] = given.get("term") or DEFAULT_TERM
    return Row(line, _coded(given), faults=faults)


def _coded(given: Mapping[str, str]) -> dict[str, str]:
    """Categories and kinds of repair by their codes, where a list has their names."""
    subjects = {
        row.name: code
        for (kind, code), row in policy.current().subjects.items()
        if kind == "ticket"
    }
    said = dict(given)
    if (code := subjects.get(said.get("subtype", ""), "")).startswith("repair."):
        said["subtype"] = code.removeprefix("repair.")
    category = subjects.get(said.get("category", ""), said.get("category", ""))
    if category.startswith("repair."):
        category, said["subtype"] = "repair", category.removeprefix("repair.")
    return said | ({"category": category} if category else {})


def may_import(by: User) -> None:
    """Raises NotAllowed for who opens no tickets for others."""
    if by.role not in DISPATCH:
        raise NotAllowed
