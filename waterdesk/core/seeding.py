"""Reference data of the core from `seeds/`: what is missing is added, what stands is left alone.

The utility edits these rows afterwards; loading again never undoes an edit unless `update` says
so. Promises, calendars and areas name their source in the files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone, translation

from waterdesk.core import calendar_check, ladders, policy, promise_check, promise_rows
from waterdesk.core.models import (
    AnomalyRule,
    Area,
    CalendarDay,
    Goal,
    Ladder,
    Promise,
    Reason,
    Subject,
    Utility,
    WorkCalendar,
)
from waterdesk.core.places import shapes
from waterdesk.core.seed_rows import SeedError, add, known_to

__all__ = ["SeedError", "known_to", "load", "load_promises", "rewrite"]

# Promises of the seeds hold from before any case that a desk may bring with it.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


@transaction.atomic
def load(folder: Path, *, update: bool = False) -> dict[str, int]:
    """Load every file of the core from `folder`; returns the rows added, by file.

    All or nothing. Raises SeedError naming the file and the row at fault.
    """
    added = {
        "utility": _utility(_read(folder, "utility"), update),
        "calendars": _calendars(_read(folder, "calendars"), _read(folder, "holidays"), update),
        "areas": _areas(_read(folder, "areas"), update),
        "shapes": _shapes(_read(folder, "shapes", "geojson"), update),
        "ladders": _ladders(_read(folder, "ladders"), update),
        "anomalies": add(AnomalyRule, _placed(_read(folder, "anomalies")), ("code",), update),
        "goals": add(Goal, _goals(_read(folder, "goals")), ("measure", "area"), update),
        "reasons": add(Reason, _placed(_read(folder, "reasons")), ("use", "code"), update),
        "promises": _promises(promises := {"promises.json": _read(folder, "promises")}, update),
        "subjects": add(Subject, _placed(_read(folder, "subjects")), ("kind", "code"), update),
    }
    _check_promises(promises)
    Utility.touch()
    policy.forget()
    return added


@transaction.atomic
def load_promises(files: dict[str, list[dict[str, Any]]], *, update: bool = False) -> int:
    """Load promises that stand in other files, by the file's name; returns how many are new.

    All or nothing. Raises SeedError naming the file and the row at fault.
    """
    added = _promises(files, update)
    _check_promises(files)
    Utility.touch()
    policy.forget()
    return added


@transaction.atomic
def rewrite(rows: dict[str, Any]) -> None:
    """Overwrite these rows, by the name of their file: those that a profile says something of.

    `utility` is one row, the others are lists. The days of a calendar stay as they are, and
    promises are not among them: they get versions. Raises SeedError naming the row at fault.
    """
    _utility(rows["utility"], True)
    for row in rows["calendars"]:
        hours = {name: value for name, value in row.items() if name != "holidays"}
        add(WorkCalendar, [hours], ("code",), True)
        _check(WorkCalendar.objects.get(code=row["code"]))
    _areas(rows["areas"], True)
    add(Reason, rows["reasons"], ("use", "code"), True)
    Utility.touch()
    policy.forget()


def _read(folder: Path, name: str, ending: str = "json") -> Any:
    path = folder / f"{name}.{ending}"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as fault:
        raise SeedError(f"{path.name} line {fault.lineno}: {fault.msg}") from fault


def _placed(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows keep the order of the file in their lists."""
    for place, row in enumerate(rows):
        yield row | {"position": place}


def _utility(row: dict[str, Any], update: bool) -> int:
    utility, fresh = Utility.objects.get_or_create(pk=1, defaults=row)
    # A row that nobody has named yet was made by the first look at the configuration.
    if update or (not fresh and utility.name == Utility._meta.get_field("name").default):
        Utility.objects.filter(pk=1).update(**row)
    return int(fresh)


def _calendars(rows: list[dict[str, Any]], notices: list[dict[str, Any]], update: bool) -> int:
    by_code = {notice["code"]: notice for notice in notices}
    added = 0
    for row in rows:
        named = row.pop("holidays", [])
        added += add(WorkCalendar, [row], ("code",), update)
        calendar = WorkCalendar.objects.get(code=row["code"])
        make_up = _make_up(calendar)
        if unknown := set(named) - set(by_code):
            raise SeedError(f"calendars.json {row['code']}: holidays.json has no {unknown}")
        days = [day for code in named for day in _days(by_code[code], make_up)]
        added += add(
            CalendarDay,
            ({"calendar": calendar} | day for day in days),
            ("calendar", "date"),
            update,
        )
        _check(calendar)
    return added


def _make_up(calendar: WorkCalendar) -> list[list[str]]:
    """The windows of a make-up workday: those of Monday, or of the first day that opens."""
    try:
        open_days = [windows for windows in calendar.weekly.values() if windows]
    except AttributeError as fault:
        raise SeedError(f"calendars.json {calendar.code}: {fault}") from fault
    return calendar.weekly.get("mon") or next(iter(open_days), [])


def _days(notice: dict[str, Any], make_up: list[list[str]]) -> Iterator[dict[str, Any]]:
    """The days of one notice: holidays without opening time, make-up days with a full one."""
    source = notice["source"]
    for off in notice["off"]:
        day, last = date.fromisoformat(off["from"]), date.fromisoformat(off["to"])
        while day <= last:
            yield {"date": day, "windows": [], "name": off["name"], "source": source}
            day += timedelta(days=1)
    for text in notice["work"]:
        day = date.fromisoformat(text)
        yield {"date": day, "windows": make_up, "name": "调休上班", "source": source}


def _check(calendar: WorkCalendar) -> None:
    """Refuse a calendar that opens no more, with its days and whatever the utility edited."""
    days = dict(calendar.days.values_list("date", "windows"))
    try:
        calendar_check.check(calendar.weekly, days, calendar.tz, timezone.now())
    except (AttributeError, TypeError, ValueError) as fault:
        raise SeedError(f"calendars.json {calendar.code}: {fault}") from fault


def _goals(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Goals name their area by its code; null is the whole utility."""
    for row in rows:
        yield row | {"area": Area.objects.get(code=row["area"]) if row["area"] else None}


def _areas(rows: list[dict[str, Any]], update: bool) -> int:
    added = 0
    for row in rows:
        try:
            parent = Area.objects.get(code=row["parent"]) if "parent" in row else None
            calendar = WorkCalendar.objects.get(code=row["calendar"]) if "calendar" in row else None
        except models.ObjectDoesNotExist as fault:
            raise SeedError(f"areas.json {row.get('code')}: {fault}") from fault
        added += add(Area, [row | {"parent": parent, "calendar": calendar}], ("code",), update)
    return added


def _shapes(file: Any, update: bool) -> int:
    """Where the areas lie: all of the file or nothing."""
    areas = {area.code: area for area in Area.objects.all()}
    with translation.override(settings.LANGUAGE_CODE):
        drawn, faults = shapes.read(file, areas)
        try:
            if faults:
                raise shapes.ShapeError("; ".join(faults))
            return shapes.write(drawn, update=update)
        except shapes.ShapeError as fault:
            raise SeedError(f"shapes.geojson: {fault}") from fault


def _ladders(rows: list[dict[str, Any]], update: bool) -> int:
    for row in rows:
        try:
            ladders.check(row.get("levels"))
        except ladders.LadderError as fault:
            raise SeedError(f"ladders.json {row.get('code')}: {fault}") from fault
    return add(Ladder, rows, ("code",), update)


def _promises(files: dict[str, list[dict[str, Any]]], update: bool) -> int:
    """The promises of these files, by their names."""
    by_code = {ladder.code: ladder for ladder in Ladder.objects.all()}
    known = promise_rows.known()
    ready = [
        {"version": 1, "effective_from": ALWAYS}
        | row
        | {"ladder": _ladder_of(row, where, by_code, known)}
        for where, rows in files.items()
        for row in rows
    ]
    return add(Promise, ready, ("kind", "code", "conditions", "version"), update)


def _ladder_of(
    row: dict[str, Any],
    where: str,
    by_code: Mapping[str, Ladder],
    known: promise_check.Known,
) -> Ladder:
    """The ladder of a promise; raises SeedError for what is wrong with the row by itself."""
    ladder = by_code.get(row.get("ladder", "standard"))
    if ladder is None:
        raise SeedError(f"{where} {row.get('name')}: no ladder {row.get('ladder')}")
    if fault := next(promise_check.faults_of(_unwritten(row, where), known), None):
        raise SeedError(str(fault))
    if ladders.accepts(ladder.levels) and not row.get("accepts"):
        raise SeedError(
            f"{where} {row.get('name')}: ladder {ladder.code} accepts by default, "
            "the promise does not"
        )
    if unknown := set(row.get("pause_most", {})) - set(row.get("pause_reasons", ())):
        raise SeedError(
            f"{where} {row.get('name')}: a longest pause for reasons it does not allow {unknown}"
        )
    return ladder


def _unwritten(row: dict[str, Any], where: str) -> promise_check.Row:
    """A row of the file as it stands there; raises SeedError when something is missing."""
    try:
        return promise_check.Row(
            where=where,
            kind=row["kind"],
            code=row["code"],
            name=row["name"],
            conditions=row.get("conditions", {}),
            amount=row["amount"],
            unit=row["unit"],
            ladder=row.get("ladder", "standard"),
            pause_reasons=row.get("pause_reasons", ()),
            effective_from=ALWAYS,
        )
    except KeyError as missing:
        raise SeedError(f"{where} {row.get('name')}: no {missing}") from missing


def _check_promises(files: dict[str, list[dict[str, Any]]]) -> None:
    """Refuse what the files say when, beside what the utility has edited, it cannot stand.

    What is wrong with the utility's own rows alone is refused where they are edited.
    """
    ours = {
        (row["kind"], row["code"], row["name"]): name
        for name, rows in files.items()
        for row in rows
    }

    def where(promise: Promise) -> str:
        return ours.get((promise.kind, promise.code, promise.name), "")

    if faults := [fault for fault in promise_rows.faults_of_all(where) if fault.row.where]:
        raise SeedError("\n".join(map(str, faults)))
