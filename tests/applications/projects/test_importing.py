"""A file of projects: previewed, agreed to as a whole, or not at all."""

from __future__ import annotations

from datetime import date

import pytest

from applications.models import Project, ProjectChange, ProjectImport
from applications.projects import importing, rows, turning
from applications.projects.pages.listing import table
from tests.applications.projects.made import (
    HEADINGS,
    LINE,
    csv_of,
    imported,
    keep,
    lines,
    project,
    xlsx_of,
)
from tests.factories import DAY, MONDAY_0900, staff
from waterdesk.core import policy
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db


def plan(content, by=None):
    by = by or staff("clerk")
    return importing.plan(keep(content, by), by)


def kinds(content, by=None):
    return {kind: n for kind, n in plan(content, by).counts.items() if n}


def other(*values, code="XM-2"):
    """LINE under another code, with some of its last cells replaced."""
    return (code, *LINE[1 : len(LINE) - len(values)], *values)


def everything():
    return list(Project.objects.order_by("code").values())


@pytest.mark.parametrize("made", [csv_of, xlsx_of])
def test_a_list_becomes_projects_with_a_history(made):
    row = imported(made(LINE, other()))
    assert (row.added, row.changed) == (2, 0)
    first, second = Project.objects.order_by("code")
    assert (first.name, first.expected_on) == ("滨江花园二期", date(2026, 12, 16))
    assert (second.area.code, second.phone) == ("east-1", "13700001111")
    history = ProjectChange.objects.get(project=first)
    assert (history.action, history.by, history.at) == ("import", staff("clerk"), MONDAY_0900)


def test_reading_a_file_changes_nothing():
    plan(csv_of(LINE))
    assert everything() == []


def test_the_same_file_twice_changes_nothing():
    imported(csv_of(LINE, other()))
    before = everything()
    assert kinds(csv_of(LINE, other())) == {"same": 2}
    row = imported(csv_of(LINE, other()), at=MONDAY_0900 + DAY)
    assert (row.added, row.changed) == (0, 0)
    assert everything() == before
    assert ProjectChange.objects.count() == 2


def test_agreeing_twice_does_it_once():
    clerk = staff("clerk")
    row = keep(csv_of(LINE), clerk)
    seen = importing.plan(row, clerk).seen
    for day in (0, 1):
        again = importing.apply(row.pk, by=clerk, at=MONDAY_0900 + day * DAY, seen=seen)
        assert (again.added, again.applied_at) == (1, MONDAY_0900)
    assert ProjectChange.objects.count() == 1


def test_what_changes_is_told_from_what_to_what():
    project()
    planned = plan(csv_of((*LINE[:4], "2027-01-20", "李工", LINE[6])))
    assert planned.of("changed")[0].data == {
        "expected_on": ["2026-12-16", "2027-01-20"],
        "contact": ["王工", "李工"],
    }
    imported(csv_of((*LINE[:4], "2027-01-20", "李工", LINE[6])))
    assert Project.objects.get().version == 2
    assert ProjectChange.objects.get(version=2).data["contact"] == ["王工", "李工"]


def test_a_blank_cell_says_nothing_of_what_is_there():
    project()
    assert kinds(csv_of((*LINE[:4], "", "", ""))) == {"same": 1}


def test_a_broken_row_is_told_with_its_columns_and_reasons():
    broken = other("明天", "王工", "12")
    row = plan(csv_of(LINE, broken)).of("error")[0]
    assert (row.line, row.code) == (3, "XM-2")
    assert set(row.faults) == {"expected_on", "phone"}
    assert "2026-12-01" in str(row.faults["expected_on"])


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (("", *LINE[1:]), "code"),
        (("XM-2", "", *LINE[2:]), "name"),
        (("XM-2", "x" * 101, *LINE[2:]), "name"),
        (("x" * 61, *LINE[1:]), "code"),
        ((*LINE[:3], "", *LINE[4:]), "address"),
    ],
)
def test_every_column_is_checked(line, column):
    assert set(plan(csv_of(line)).of("error")[0].faults) == {column}


def test_a_broken_row_lets_nothing_in_until_somebody_takes_it_out():
    clerk = staff("clerk")
    row = keep(csv_of(LINE, other("明天", "王工", "")), clerk)
    with pytest.raises(Invalid):
        importing.apply(row.pk, by=clerk, at=MONDAY_0900, seen=importing.plan(row, clerk).seen)
    assert everything() == []
    importing.drop(row.pk, [3], by=clerk)
    row.refresh_from_db()
    planned = importing.plan(row, clerk)
    assert (planned.counts["dropped"], planned.counts["new"]) == (1, 1)
    importing.apply(row.pk, by=clerk, at=MONDAY_0900, seen=planned.seen)
    assert [each["code"] for each in everything()] == ["XM-1"]


def test_one_code_stands_in_a_file_once():
    row = plan(csv_of(LINE, LINE)).of("error")[0]
    assert "第 2 行" in str(row.faults["code"])


def test_a_line_taken_out_no_longer_stands_in_the_way_of_its_twin():
    clerk = staff("clerk")
    row = keep(csv_of(LINE, LINE), clerk)
    importing.drop(row.pk, [2], by=clerk)
    row.refresh_from_db()
    assert importing.plan(row, clerk).counts["new"] == 1


def test_a_preview_that_no_longer_holds_is_refused():
    clerk = staff("clerk")
    one = project()
    row = keep(csv_of((*LINE[:4], "2027-01-20", *LINE[5:]), other()), clerk)
    seen = importing.plan(row, clerk).seen
    rows.change(one.pk, {"expected_on": "2027-02-01"}, by=clerk, at=MONDAY_0900)
    with pytest.raises(Conflict):
        importing.apply(row.pk, by=clerk, at=MONDAY_0900, seen=seen)
    assert Project.objects.count() == 1


def test_what_is_an_application_by_now_is_let_be():
    turning.turn(project().pk, by=staff("clerk"), at=MONDAY_0900)
    assert kinds(csv_of((*LINE[:4], "2027-01-20", *LINE[5:]))) == {"turned": 1}


def test_a_branch_imports_into_its_own_area_only():
    project()
    west = staff("lead", "west")
    assert kinds(csv_of(LINE, other()), west) == {"error": 2}
    line = ("XM-3", *LINE[1:3], "城西区解放路 1 号", *LINE[4:])
    assert kinds(csv_of(line), west) == {"new": 1}


def test_another_persons_import_is_not_to_be_found():
    row = keep(csv_of(LINE))
    with pytest.raises(NotFound):
        importing.own(row.pk, staff("clerk", "east"))
    with pytest.raises(NotAllowed):
        keep(csv_of(LINE), staff("supervisor"))


def test_what_nobody_agreed_to_is_cleared_away_after_a_week():
    keep(csv_of(LINE))
    imported(csv_of(LINE))
    keep(csv_of(LINE), at=MONDAY_0900 + 8 * DAY)
    assert ProjectImport.objects.count() == 2


def test_our_own_export_comes_back_without_a_change():
    project(
        uscc="91512081MA62K0260E", daily_m3="12.5", external_line="no", survey_on="2026-11-01",
        survey_notes="好", plan="=提前接管", plan_steps="2026-12-01 现场对接\n2026-12-10 装表",
        owner="clerk-company", use="居民", remark="-无",
    )  # fmt: skip
    content = "".join(table(Project.objects.order_by("pk"))).encode()
    assert "137****1111" in content.decode()
    assert "'=提前接管" in content.decode()
    assert kinds(content) == {"same": 1}


def test_columns_of_the_works_beforehand_are_read_too():
    imported(csv_of((*LINE, "2026-11-01", "否"), headings=(*HEADINGS, "查勘日期", "需要外线")))
    one = Project.objects.get()
    assert (one.done, one.external_line) == (["survey"], False)


def test_five_thousand_projects_take_no_more_queries_than_fifty(django_assert_max_num_queries):
    clerk = staff("clerk")
    row = keep(csv_of(*lines(5000)), clerk)
    policy.current()
    with django_assert_max_num_queries(3):
        planned = importing.plan(row, clerk)
    with django_assert_max_num_queries(40):
        importing.apply(row.pk, by=clerk, at=MONDAY_0900, seen=planned.seen)
    assert Project.objects.count() == 5000
    assert ProjectChange.objects.count() == 5000
