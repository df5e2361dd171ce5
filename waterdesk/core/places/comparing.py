"""What a file of polygons or addresses would change, in plain values that a page can show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from waterdesk.core import policy
from waterdesk.core.errors import Invalid
from waterdesk.core.models.places import Address, AreaShape
from waterdesk.core.places import book, shapes
from waterdesk.core.places.book import Within
from waterdesk.core.places.shapes import Drawn, ShapeError

# So many of a kind are shown one by one; all are counted.
SHOWN = 100
COMPARED = ("text", "compound", "building", "kind", "area_id", "lat", "lon")


def addresses(path: Path, within: Within) -> dict[str, Any]:
    """Rows that are new, changed, the same or at fault: counted, and the first SHOWN of each."""
    report = book.Report()
    plan: dict[str, Any] = {"new": 0, "changed": 0, "same": 0, "fresh": [], "altered": []}
    for batch, standing in book.batches(path, report, within):
        for row in batch:
            _count(plan, row, standing.get(row.place))
    faults = [{"line": each.line, "words": each.words} for each in report.faults[:SHOWN]]
    return plan | {"rows": report.rows, "wrong": report.wrong, "faults": faults}


def _count(plan: dict[str, Any], row: Address, there: Address | None) -> None:
    if there is None:
        plan["new"] += 1
        if len(plan["fresh"]) < SHOWN:
            plan["fresh"].append({"line": row.line, "name": row.text, "now": _said(row)})
        return
    if all(getattr(row, name) == getattr(there, name) for name in COMPARED):
        plan["same"] += 1
        return
    plan["changed"] += 1
    if len(plan["altered"]) < SHOWN:
        said = {"line": row.line, "name": row.text, "was": _said(there), "now": _said(row)}
        plan["altered"].append(said)


def _said(row: Address) -> str:
    area = policy.current().areas[row.area_id].name
    where = "" if row.lat is None else f"{row.lat:.6f}, {row.lon:.6f}"
    kind = row.get_kind_display() if row.kind else ""
    return " · ".join(filter(None, (area, row.compound, row.building, kind, where)))


def polygons(content: bytes, within: Within) -> dict[str, Any]:
    """The same of polygons; a file of them is at fault as a whole."""
    drawn, faults = read_polygons(content, within)
    there = shapes.standing()
    if not faults:
        try:
            shapes.refuse_overlaps(drawn, there)
        except ShapeError as fault:
            faults.append(str(fault))
    plan: dict[str, Any] = {"new": 0, "changed": 0, "same": 0, "fresh": [], "altered": []}
    for each in drawn:
        _count_polygon(plan, each, there.get(each.area.pk))
    lines = [{"line": None, "words": words} for words in faults[:SHOWN]]
    return plan | {"rows": len(drawn) + len(faults), "wrong": len(faults), "faults": lines}


def read_polygons(content: bytes, within: Within) -> tuple[list[Drawn], list[str]]:
    """What is right and what is wrong; raises Invalid for what is no JSON."""
    try:
        file = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Invalid(_("文件不是 UTF-8 编码的 GeoJSON。")) from None
    areas = {area.code: area for area in policy.current().areas.values()}
    drawn, faults = shapes.read(file, areas)
    if not drawn and not faults:
        faults.append(_("文件中没有图形。"))
    for each in drawn:
        if within is not None and each.area.pk not in within:
            faults.append(_("“%(area)s”不在您负责的片区。") % {"area": each.area})
    return drawn, faults


def _count_polygon(plan: dict[str, Any], each: Drawn, there: AreaShape | None) -> None:
    said = {"line": None, "name": str(each.area), "now": _size(each)}
    if there is None:
        plan["new"] += 1
        plan["fresh"].append(said)
    elif (there.geometry, there.source) == (each.geometry, each.source):
        plan["same"] += 1
    else:
        plan["changed"] += 1
        plan["altered"].append(said | {"was": _size(shapes.drawn_of(there))})


def _size(each: Drawn) -> str:
    return f"{each.square_km:.2f} km² · {each.source}"
