"""The file to fill in: an empty sheet with the headings, and one that explains them."""

from __future__ import annotations

import io

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from applications.models import ProjectStage
from applications.projects.fields import FIELDS
from waterdesk.core.flow import Label

WIDTH = 18
TEXT_ROWS = 200  # so many rows are marked as text, so that Excel does not touch what is typed
HINTS: dict[str, Label] = {
    "code": gettext_lazy("必填；同一编号再次导入即更新原项目"),
    "name": gettext_lazy("新项目必填"),
    "organisation": gettext_lazy("新项目必填"),
    "address": gettext_lazy("新项目必填；片区留空时按地址识别"),
    "area": gettext_lazy("片区名称或编码"),
    "use": gettext_lazy("居民、非居民或特种；留空为非居民"),
    "external_line": gettext_lazy("是或否；不清楚可留空"),
}
SORTS: dict[str, Label] = {
    "day": gettext_lazy("日期，如 2026-12-01"),
    "person": gettext_lazy("用户名或姓名"),
    "calibre": gettext_lazy("如 DN100"),
    "number": gettext_lazy("数字"),
    "id": gettext_lazy("18 位"),
}


def columns() -> list[tuple[str, Label]]:
    """(heading, what to write under it) of every column."""
    steps = _("每行一步：日期，空一格，要做的事")
    stages = ProjectStage.objects.exclude(means=ProjectStage.Means.TURNED)
    named = _("、").join(stages.values_list("name", flat=True))
    hints = HINTS | {"plan_steps": steps, "stage": named}
    return [(each.heading, hints.get(each.name) or SORTS.get(each.sort, "")) for each in FIELDS]


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "项目清单"
    for place, (heading, _hint) in enumerate(columns(), 1):
        head = sheet.cell(1, place, heading)
        head.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = WIDTH
        for row in range(2, TEXT_ROWS + 2):
            sheet.cell(row, place).number_format = "@"
    sheet.freeze_panes = "C2"
    notes = book.create_sheet("填写说明")
    for heading, hint in columns():
        notes.append([heading, str(hint)])
    notes.append(["", _("空白单元格不改动原有内容。")])
    for letter, width in (("A", WIDTH + 8), ("B", WIDTH * 3)):
        notes.column_dimensions[letter].width = width
        for cell in notes[letter]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
