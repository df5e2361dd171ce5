"""Reading a holiday notice: what is understood, and how a bad file is refused."""

from __future__ import annotations

import json
import sys
from datetime import date
from enum import Enum
from types import ModuleType, SimpleNamespace

import pytest

from tests.conftest import SEEDS
from waterdesk.core import notice_files
from waterdesk.core.errors import Invalid

SOURCE = "国办发明电〔2026〕9号"


def written(**over):
    said = {
        "year": 2027,
        "source": SOURCE,
        "off": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"}],
        "work": ["2027-01-09"],
    } | over
    return json.dumps(said, ensure_ascii=False).encode()


def ical(*events, name="X-WR-CALNAME:2027 年放假安排"):
    lines = ["BEGIN:VCALENDAR", name]
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def refused(content, **options):
    with pytest.raises(Invalid) as caught:
        notice_files.read(content, **options)
    return str(caught.value)


def said(notice):
    return [(str(day.date), day.name, day.windows) for day in notice.days]


NEW_YEAR = ("DTSTART;VALUE=DATE:20270101", "DTEND;VALUE=DATE:20270104", "SUMMARY:元旦（休）")
MAKE_UP = ("DTSTART;VALUE=DATE:20270109", "SUMMARY:元旦（班）")
EXPECTED = [
    ("2027-01-01", "元旦", ()),
    ("2027-01-02", "元旦", ()),
    ("2027-01-03", "元旦", ()),
    ("2027-01-09", "调休上班", None),
]


def test_a_json_notice_is_read():
    notice = notice_files.read(written())
    assert (notice.year, notice.source) == (2027, SOURCE)
    assert said(notice) == EXPECTED


def test_an_ical_notice_says_the_same():
    notice = notice_files.read(ical(NEW_YEAR, MAKE_UP))
    assert (notice.year, notice.source) == (2027, "2027 年放假安排")
    assert said(notice) == EXPECTED


def test_apples_marks_and_folded_lines_are_understood():
    marked = (
        "DTSTART;VALUE=DATE:20270101",
        "SUMMARY:元",
        " 旦",
        "X-APPLE-SPECIAL-DAY:WORK-HOLIDAY",
    )
    working = (
        "DTSTART;VALUE=DATE:20270109",
        "SUMMARY:元旦",
        "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY",
    )
    assert said(notice_files.read(ical(marked, working))) == [EXPECTED[0], EXPECTED[3]]


def test_a_make_up_day_may_have_hours_of_its_own():
    work = [{"date": "2027-01-09", "name": "补班", "windows": [["09:00", "12:00"]]}]
    day = notice_files.read(written(work=work)).days[-1]
    assert (day.name, day.windows) == ("补班", (("09:00", "12:00"),))


def test_december_of_the_year_before_may_change():
    off = [{"name": "元旦", "from": "2026-12-31", "to": "2027-01-02"}]
    assert str(notice_files.read(written(off=off)).days[0].date) == "2026-12-31"


def test_a_year_is_taken_out_of_the_file_of_the_seeds():
    content = (SEEDS / "holidays.json").read_bytes()
    assert notice_files.read(content, year=2026).days[0].date == date(2026, 1, 1)


def test_a_notice_written_out_and_read_again_is_the_same():
    work = [{"date": "2027-01-09", "windows": [["09:00", "12:00"]]}, "2027-01-10"]
    notice = notice_files.read(written(work=work))
    assert notice_files.read(notice.as_json().encode()) == notice


def test_a_source_that_is_given_stands_in_for_none():
    assert notice_files.read(written(source=""), source="文号").source == "文号"
    assert "出处" in refused(written(source=""))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空"),
        (b'{"year": 2027,\n "off": [}', "第 2 行"),
        ('{"year": 2027,\n"source": "放假"}'.encode("gb18030"), "第 2 行"),
        (b"[]", "一份通知"),
        (b'"x"', "一份通知"),
        (written(year="2027"), "没有写明年份"),
        (written(days=[]), "days"),
        (written(off="2027-01-01"), "off"),
        (written(off=[]), "没有 2027 年的休息日"),
        (written(off=["2027-01-01"]), "2027-01-01"),
        (written(work=["2027-02-30"]), "2027-02-30"),
        (written(work=["2027-01-01"]), "2027-01-01：既是休息日又是上班日"),
        (written(work=["2027-01-09", "2027-01-09"]), "2027-01-09：出现了两次"),
        (written(work=["2028-01-09"]), "2028-01-09：不属于 2027 年"),
        (written(work=["2026-11-30"]), "2026-11-30：不属于 2027 年"),
        (written(off=[{"name": "", "from": "2027-01-01", "to": "2027-01-01"}]), "2027-01-01：名称"),
        (
            written(off=[{"name": "元旦", "from": "2027-01-03", "to": "2027-01-01"}]),
            "2027-01-03：结束日期早于开始日期",
        ),
        (
            written(
                off=[
                    {"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"},
                    {"name": "春节", "from": "2027-01-03", "to": "2027-01-04"},
                ]
            ),
            "2027-01-03：出现了两次",
        ),
        (
            written(
                work=[
                    {
                        "date": "2027-01-09",
                        "windows": [["08:30", "12:00"], ["11:00", "18:00"]],
                    }
                ]
            ),
            "2027-01-09：上班时段重叠",
        ),
        (
            written(work=[{"date": "2027-01-09", "windows": [["12:00", "08:30"]]}]),
            "2027-01-09：上班时段重叠，或开始不早于结束",
        ),
        (
            written(work=[{"date": "2027-01-09", "windows": ["08:30"]}]),
            "2027-01-09：上班时段应写成",
        ),
        (ical(), "没有一天"),
        (ical(("DTSTART;VALUE=DATE:20270230", "SUMMARY:元旦")), "第 4 行"),
        (ical(("DTSTART:20270101T000000Z", "SUMMARY:元旦")), "第 4 行：应是全天的日期"),
        (ical(("SUMMARY:元旦",)), "第 3 行：事件没有开始日期"),
        (ical((*NEW_YEAR, "RRULE:FREQ=YEARLY")), "第 7 行：重复事件"),
        (ical(("DTSTART;VALUE=DATE:20270101", "SUMMARY:会议")), "第 3 行：看不出是放假还是上班"),
        (ical(NEW_YEAR, ("DTSTART;VALUE=DATE:20270103", "SUMMARY:班")), "2027-01-03：既是"),
        (ical(("DTSTART;VALUE=DATE:20270103", "no colon")), "第 5 行：缺少冒号"),
        (
            ical(("DTSTART;VALUE=DATE:20270103", "DTEND;VALUE=DATE:20270103", "SUMMARY:元旦")),
            "第 5 行：结束日期应晚于开始日期",
        ),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "缺少 END:VCALENDAR"),
        (b" " * 300_000, "文件过大"),
    ],
)
def test_a_bad_file_is_refused_naming_the_line_or_the_day(content, words):
    assert words in refused(content, source="通知")


def test_another_year_than_was_asked_for_is_refused():
    assert "2027 年的通知，不是 2028 年的" in refused(written(), year=2028)
    assert "2026-" not in refused(ical(NEW_YEAR), year=2026)


def test_the_package_is_refused_clearly_where_it_is_not_installed(monkeypatch):
    # Whoever was here before may have read the package already.
    for module in ("chinese_calendar", "chinese_calendar.constants"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(Invalid, match="没有安装 chinesecalendar"):
        notice_files.from_package(2026)


class Holiday(Enum):
    NEW_YEAR = "New Year's Day"

    @property
    def chinese(self):
        return "元旦"


@pytest.fixture
def _installed(monkeypatch):
    """The tables of the package in its own shape: dates to the English names of holidays."""
    constants = SimpleNamespace(
        Holiday=Holiday,
        holidays={date(2027, 1, 1): "New Year's Day", date(2026, 1, 1): "New Year's Day"},
        workdays={date(2027, 1, 9): "New Year's Day"},
    )
    monkeypatch.setitem(sys.modules, "chinese_calendar", ModuleType("chinese_calendar"))
    monkeypatch.setitem(sys.modules, "chinese_calendar.constants", constants)


@pytest.mark.usefixtures("_installed")
def test_the_package_gives_its_year_and_refuses_one_it_has_not():
    notice = notice_files.from_package(2027)
    assert said(notice) == [EXPECTED[0], EXPECTED[3]]
    assert notice.source == "chinesecalendar 2027"
    with pytest.raises(Invalid, match="没有 2028 年"):
        notice_files.from_package(2028)


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_pinned_package_says_of_a_year_what_the_seeds_say(year):
    (row,) = [
        each
        for each in json.loads((SEEDS / "holidays.json").read_text())
        if each["code"] == f"cn-{year}"
    ]
    ours = {"year": year, "source": row["source"], "off": row["off"], "work": row["work"]}
    seeded = notice_files.read(json.dumps(ours).encode())
    packaged = notice_files.from_package(year)
    assert [(day.date, day.windows) for day in packaged.days] == [
        (day.date, day.windows) for day in seeded.days
    ]
