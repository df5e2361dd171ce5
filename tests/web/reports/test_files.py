"""What stands in a report: its figures, its paper and its workbook say the same."""

from __future__ import annotations

from datetime import datetime

import openpyxl
import pytest

from tests.core.reports.making import asked
from tests.core.test_corrections import correct, finish, paused_once
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_application, staff
from tests.papers.reading import needs_poppler, text_of
from tests.web.reports.october import LATER, made, some_cases
from waterdesk.core import door
from waterdesk.core.figures import reading
from waterdesk.core.models import Report
from waterdesk.core.models.reports import Kind
from waterdesk.core.reports import asking, files, working
from waterdesk.web.reports import counting, making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_DIR = tmp_path


def pdf_of(report):
    with files.opened(report.pdf, "pdf") as file:
        return file.read()


def sheets_of(report):
    book = openpyxl.load_workbook(files.path_of(report.xlsx, "xlsx"), read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def figure(report, row, column="now", sheet="overall"):
    return report.figures[sheet][row][column]


def test_the_figures_are_those_that_the_desk_counts():
    some_cases()
    report = made()
    tally = reading.total(counting.READER, counting.asked(asking.period(report)))
    assert tally.judged > tally.on_time > 0
    assert figure(report, "judged") == tally.judged
    assert figure(report, "late") == tally.late
    assert figure(report, "share") == tally.share
    assert sum(row["late"] for row in report.figures["causes"].values()) == tally.late
    for parted in ("promises", "areas", "services"):
        assert sum(row["judged"] for row in report.figures[parted].values()) == tally.judged


@needs_poppler
def test_the_paper_says_them():
    some_cases()
    report = made()
    text = text_of(pdf_of(report))
    for said in (
        "服务监督月报", "示例市供水公司", "2026-10-01至2026-10-31", "第1版", "按时率走势",
        "工单：修复、处理", "城东一网格", "净用时", "四零达标", "热线", "回访", "满意度",
        "超时原因", "尚未说明", "口径", "审核", "数据摘要", f"{figure(report, 'share'):g}%",
    ):  # fmt: skip
        assert said in text


def test_the_workbook_has_numbers_as_numbers_and_days_as_days():
    some_cases()
    report = made()
    sheets = sheets_of(report)
    overall = {row[0]: row[1] for row in sheets["总览"]}
    assert overall["判定"] == figure(report, "judged")
    assert overall["按时率（%）"] == figure(report, "share")
    head, *cases = sheets["办件"]
    assert len(cases) == figure(report, "judged")
    row = dict(zip(head, cases[0], strict=True))
    assert isinstance(row["判定时间"], datetime)
    assert isinstance(row["历时（小时）"], int | float)
    assert "****" in row["客户电话"]
    about = dict(row[:2] for row in sheets["说明"])
    assert about["起日"].date() == report.since


def test_no_telephone_number_stands_in_the_workbook_whole():
    some_cases()
    cells = {cell for rows in sheets_of(made()).values() for row in rows for cell in row}
    assert [cell for cell in map(str, cells) if cell.isdigit() and len(cell) == 11] == []


@needs_poppler
def test_a_month_without_cases_is_a_report_all_the_same():
    report = made()
    assert figure(report, "judged") == 0
    assert figure(report, "share") is None
    assert "本期没有判定的承诺" in text_of(pdf_of(report))
    assert len(sheets_of(report)["办件"]) == 1


def test_a_week_is_of_its_days_alone():
    some_cases()
    report = made(kind=Kind.WEEK)
    assert list(report.figures["course"])[-1] == "2026-10-19"
    assert figure(report, "judged") > 0
    assert figure(made(kind=Kind.WEEK, day=report.since.replace(day=1)), "judged") == 0


def test_an_area_counts_its_own_cases_and_has_no_telephone():
    some_cases()
    east, west = made(area="east"), made(area="west")
    assert figure(east, "judged") > 0
    assert figure(west, "judged") == 0
    assert "hotline" not in east.figures


def test_nothing_differs_while_nothing_changes():
    some_cases()
    assert making.differences(made()) == []


def test_what_is_said_later_differs_and_the_files_keep_their_hash():
    some_cases()
    report = made()
    late = counting.reading.cases(counting.READER, counting.asked(asking.period(report)), "late")
    said = {"reason": "crew-short", "note": "当日多处爆管"}
    case = late[0].number
    door.move(case, "explain", actor=staff("lead"), at=LATER, changes=said)
    found = making.differences(report)
    assert {str(each.sheet) for each in found} == {"超时原因"}
    assert working.recount(LATER, making.differing) == 1
    again = Report.objects.get(pk=report.pk)
    assert (again.pdf, again.xlsx, again.differs) == (report.pdf, report.xlsx, len(found))


def test_a_pause_corrected_after_the_month_was_reported_is_shown_as_such():
    friday = MONDAY_0900 - 17 * DAY
    case = paused_once(open_application(at=friday), start=friday + HOUR, end=friday + 2 * HOUR)
    finish(case, at=friday + 6 * HOUR)
    monday = friday + 3 * DAY
    report = made(at=monday)
    assert figure(report, "late") == 0
    begun = friday + HOUR
    correct(case, begun, begun + 10 * MINUTE, at=monday + HOUR)
    found = [each for each in making.differences(report) if str(each.row) == "超时"]
    assert [(each.was, each.now) for each in found][:1] == [("0", "1")]
    assert files.opened(report.pdf, "pdf").close() is None
    assert figure(made(at=monday + DAY), "late") == 1


def test_equal_figures_of_the_same_row_are_equal_bytes(time_machine):
    some_cases()
    time_machine.move_to(LATER, tick=False)
    report = asked()
    first, second = (making.make(report, lambda _share: None) for _each in range(2))
    kept = [files.keep(each.xlsx, "xlsx").digest for each in (first, second)]
    printed = [files.keep(each.pdf, "pdf").digest for each in (first, second)]
    assert kept[0] == kept[1]
    assert printed[0] == printed[1]


def test_a_report_takes_as_many_statements_however_many_cases(django_assert_max_num_queries):
    some_cases()
    report = asked()
    with django_assert_max_num_queries(60):
        counting.contents(report)
