"""What the script draws, as plain data; every number of it stands in a table as well."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from waterdesk.core.figures.asked import By
from waterdesk.core.figures.tally import Spread
from waterdesk.web.oversight.gathering import Gathered
from waterdesk.web.oversight.tables import MOST_DRAWN, Row, Step, bucket_words
from waterdesk.web.oversight.wording import goal_words, in_hours, took


def drawn(
    found: Gathered, trend: list[tuple[str, list[Row]]], split: list[Row], steps: list[Step], by: By
) -> dict[str, Any]:
    """Three charts, by the name of the frame that each is drawn in."""
    return {
        "trend": over_time(found, trend, by),
        "split": compared(split),
        "times": side_by_side(steps),
    }


def over_time(found: Gathered, trend: list[tuple[str, list[Row]]], by: By) -> dict[str, Any]:
    """Lines of shares; a bucket in which nothing was judged is a gap."""
    keys = sorted({key for rows in found.trend.values() for key in rows})
    series = []
    for (label, lines), rows in zip(trend, found.trend.values(), strict=True):
        goal = next((line.goal for line in lines if line.goal), None)
        points = [rows[key].share if key in rows else None for key in keys]
        name = f"{label} · {goal_words(goal)}" if goal else str(label)
        series.append({"name": name, "data": points, "goal": float(goal.value) if goal else None})
    return {
        "kind": "lines",
        "unit": "%",
        "names": [str(bucket_words(key, by)) for key in keys],
        "series": series,
    }


def compared(rows: list[Row]) -> dict[str, Any]:
    """Bars of shares, each with how many were judged and where it leads."""
    rows = [row for row in rows if row.tally.judged][:MOST_DRAWN]
    return {
        "kind": "bars",
        "unit": "%",
        "names": [str(row.name) for row in rows],
        "links": [row.numbers[0][1].url for row in rows],
        "series": [{"name": _("按时率"), "data": [row.tally.share for row in rows]}],
    }


def side_by_side(steps: list[Step]) -> dict[str, Any]:
    """Pairs of bars: the median of the counted time and of the elapsed one, in hours."""
    steps = [each for each in steps if each.row.tally.net and each.row.tally.gross]
    spreads = {
        _("净用时中位数"): [each.row.tally.net for each in steps],
        _("历时中位数"): [each.row.tally.gross for each in steps],
    }
    return {
        "kind": "bars",
        "unit": " " + _("小时"),
        "names": [str(each.row.name) for each in steps],
        "series": [_medians(name, some) for name, some in spreads.items()],
    }


def _medians(name: str, spreads: list[Spread | None]) -> dict[str, Any]:
    """Drawn in hours, said as the tables say it."""
    medians = [spread.median for spread in spreads if spread]
    return {
        "name": name,
        "data": [in_hours(median) for median in medians],
        "words": [took(median) for median in medians],
    }
