"""The address book and the polygons from files: looked at first, then written, again and again."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from tests.core.places.ground import collection, square
from waterdesk.core.errors import Invalid
from waterdesk.core.models import Address, AreaShape
from waterdesk.core.places import book

pytestmark = pytest.mark.django_db

HEADING = "地址,片区,纬度,经度,小区,楼栋,类型\n"
RIGHT = "城东区朝阳路 8 号,,28.01,124.02,滨江花园,3 栋,医院\n解放路 1 号,west-1,,,,,\n"
WRONG = """\
,,,,,,
?,,,,,,
火星路 1 号,,,,,,
朝阳路 9 号,月球,,,,,
朝阳路 9 号,,1,,,,
朝阳路 9 号,,,,,,宫殿
解放路1号,,,,,,
"""


@pytest.fixture
def file(tmp_path):
    def write(text, encoding="utf-8", name="a.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_addresses_come_with_their_area_from_the_point_or_by_name(file):
    call_command("import_addresses", file(HEADING + RIGHT))
    known = Address.objects.get(kind="hospital")
    assert (known.area.code, known.lat, known.lon) == ("east-1", 28.01, 124.02)
    assert Address.objects.get(lat=None).area.code == "west-1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_what_excel_saves_is_read(file, encoding):
    assert book.check(file(HEADING + RIGHT, encoding)).right == 2


def test_an_excel_file_is_read(tmp_path):
    sheet = Workbook()
    sheet.active.append(["地址", "纬度", "经度"])
    sheet.active.append(["朝阳路 8 号", 28.01, 124.02])
    sheet.save(tmp_path / "a.xlsx")
    assert book.check(tmp_path / "a.xlsx").right == 1


def test_every_row_at_fault_is_told_by_its_line_and_nothing_is_written(file, capsys):
    path = file(HEADING + RIGHT + WRONG)
    report = book.check(path)
    assert [fault.line for fault in report.faults] == [5, 6, 7, 8, 9, 10]
    told = " ".join(fault.words for fault in report.faults)
    for words in ("没有文字", "看不出", "月球", "位置不正确", "宫殿", "已经出现过"):
        assert words in told
    with pytest.raises(CommandError, match="6 rows at fault"):
        call_command("import_addresses", path)
    assert not Address.objects.exists()


def test_what_is_right_is_written_when_told_so_and_again_changes_nothing(file):
    path = file(HEADING + RIGHT + WRONG)
    for _time in range(2):
        call_command("import_addresses", path, skip=True)
    assert Address.objects.count() == 2


def test_a_look_writes_nothing(file, capsys):
    call_command("import_addresses", file(HEADING + RIGHT), check=True)
    assert "2 rows: 2 right, 0 at fault" in capsys.readouterr().out
    assert not Address.objects.exists()


@pytest.mark.parametrize(
    ("text", "encoding"), [("x,y\n1,2\n", "utf-8"), ("", "utf-8"), ("地址\n朝", "utf-16")]
)
def test_a_file_without_addresses_is_refused(file, text, encoding):
    with pytest.raises(Invalid):
        book.check(file(text, encoding))


def test_no_excel_file_is_refused(file):
    with pytest.raises(Invalid, match="Excel"):
        book.check(file("no archive", name="a.xlsx"))


def test_memory_does_not_grow_with_the_file(file):
    peaks = []
    for rows in (1_000, 10_000):
        path = file(HEADING + "".join(f"朝阳路 {n} 号,,,,,,\n" for n in range(rows)))
        tracemalloc.start()
        book.check(path)
        peaks.append(tracemalloc.get_traced_memory()[1] / rows)
        tracemalloc.stop()
    assert peaks[1] < 400  # bytes a row: the mark by which a repetition is noticed


def test_polygons_are_looked_at_and_written_all_or_none(file, capsys):
    drawn = file(json.dumps(collection(square("east-1", 0, 0), square("east-2", 1, 0))))
    call_command("import_shapes", drawn, check=True)
    assert "1.24 km²" in capsys.readouterr().out
    call_command("import_shapes", drawn)
    assert AreaShape.objects.get(area__code="east-2").geometry["coordinates"][0][0] == [1, 0]
    with pytest.raises(CommandError, match="1 faults"):
        call_command("import_shapes", file(json.dumps(collection(square("nowhere", 0, 0)))))
