"""What comes in as a table: every kind that people send, and what nobody should."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from applications.projects import files, template, values
from tests.applications.projects.made import HEADINGS, LINE, csv_of, lines, saved, xlsx_of
from waterdesk.core.errors import Invalid
from waterdesk.core.tables.delimited import delimiter_of


def refusal(content):
    with pytest.raises(Invalid) as refused:
        files.read(content)
    return str(refused.value)


def sheet(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


def column(table, name):
    place = table.columns.index(name) + 1
    return [row[place] for row in table.rows]


def packed(**parts):
    """A workbook with some of its parts replaced."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_of(LINE))) as good,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in good.namelist():
            archive.writestr(name, parts.get(name.rsplit("/")[-1].split(".")[0]) or good.read(name))
    return written.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_a_text_is_read_in_any_encoding_and_with_any_delimiter(encoding, delimiter):
    text = csv_of(LINE).decode().replace(",", delimiter)
    table = files.read(text.encode(encoding))
    assert column(table, "name") == ["滨江花园二期"]
    assert column(table, "phone") == ["13700001111"]


def test_a_delimiter_inside_quotes_is_none():
    text = '项目编号;项目名称;备注\nXM-1;一期;"a,b,c;d\n第二行"\nXM-2;二期;'
    assert delimiter_of(text, files.HEADINGS) == ";"
    table = files.read(text.encode())
    assert column(table, "remark") == ["a,b,c;d\n第二行", ""]
    assert [row[0] for row in table.rows] == [2, 4]


def test_headings_are_found_below_a_title_and_whatever_they_are_called():
    text = "2026 年重点项目,,\n\n 项目代码* ,工程名称（必填）,开发单位,投资额\nA1,一期,甲公司,300"
    table = files.read(text.encode())
    assert table.columns == ["code", "name", "organisation"]
    assert table.ignored == ["投资额"]
    assert table.rows == [[4, "A1", "一期", "甲公司"]]


def test_a_workbook_says_the_same_as_a_text():
    assert files.read(xlsx_of(LINE)).rows == files.read(csv_of(LINE)).rows


def test_numbers_and_days_of_a_workbook_become_what_was_meant():
    line = (1001.0, "一期", "甲公司", "朝阳路", date(2026, 12, 16), "王工", 13700001111)
    table = files.read(xlsx_of(line))
    assert table.rows == [
        [2, "1001", "一期", "甲公司", "朝阳路", "2026-12-16", "王工", "13700001111"]
    ]


@pytest.mark.parametrize(
    "typed",
    ["2026-12-16", "2026/12/16", "2026.12.16", "2026年12月16日", "20261216", "46372", "46372.5",
     "２０２６－１２－１６", "2026-12-16 00:00", " 2026-12-16 "],
)  # fmt: skip
def test_a_day_is_understood_however_it_is_written(typed):
    assert values.day(typed) == date(2026, 12, 16)


@pytest.mark.parametrize(
    "typed", ["2026-13-01", "2026-02-30", "1/12/2026", "明年", "2026年12月", "1899-01-01", "99999"]
)
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(Invalid):
        values.day(typed)


def test_steps_of_a_plan_come_in_order_of_their_days():
    assert values.steps("2026-12-20 装表\n\n2026/12/1 现场对接") == [
        ["2026-12-01", "现场对接"],
        ["2026-12-20", "装表"],
    ]
    with pytest.raises(Invalid):
        values.steps("现场对接")


def test_a_formula_counts_as_what_excel_had_worked_out():
    formula = b'<c r="C2"><f>B2&amp;"x"</f><v>7</v></c>'
    text = b"".join(
        b'<c r="%s2" t="inlineStr"><is><t>%s</t></is></c>' % each
        for each in ((b"A", b"A1"), (b"B", b"B"))
    )
    heads = b"".join(
        b'<c r="%s1" t="inlineStr"><is><t>%s</t></is></c>' % (at, name.encode())
        for at, name in ((b"A", "项目编号"), (b"B", "项目名称"), (b"C", "备注"))
    )
    xml = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1">' + heads + b'</row><row r="2">' + text + formula + b"</row>"
        b"</sheetData></worksheet>"
    )
    assert files.read(packed(sheet1=xml)).rows == [[2, "A1", "B", "7"]]


def test_a_formula_without_a_result_and_an_error_are_faults_of_their_cells():
    book = sheet(("项目编号", "项目名称", "备注"), ("A1", "=B9", "#REF!"))
    assert files.read(saved(book)).rows == [[2, "A1", {"fault": "formula"}, {"fault": "error"}]]


def test_a_blank_under_a_merged_cell_says_what_the_cell_says():
    book = sheet(HEADINGS, LINE, ("XM-2", "三期"), ("XM-3", "四期"))
    book.active.merge_cells("C2:C3")
    assert column(files.read(saved(book)), "organisation") == ["滨江置业有限公司"] * 2 + [""]


def test_the_sheet_with_the_headings_is_taken_wherever_it_stands():
    book = sheet(("说明",))
    second = book.create_sheet("清单")
    second.append(HEADINGS)
    second.append(LINE)
    assert column(files.read(saved(book)), "code") == ["XM-1"]


def test_blank_lines_are_left_out_and_lines_keep_their_numbers():
    table = files.read(csv_of(LINE, ("",) * 7, ("XM-2", *LINE[1:])))
    assert [row[0] for row in table.rows] == [2, 4]


@pytest.mark.parametrize("made", [csv_of, xlsx_of])
def test_five_thousand_rows_are_read_and_one_more_is_refused(made):
    assert len(files.read(made(*lines(5000))).rows) == 5000
    assert "5000 行" in refusal(made(*lines(5001)))


@pytest.mark.django_db
def test_the_template_can_be_filled_in_and_read():
    content = template.workbook()
    assert "没有内容" in refusal(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空"),
        (b"  \n ", "空"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "旧版"),
        (b"PK\x03\x04 not a zip at all", "无法读取"),
        (b"%PDF-1.7\n\x00\x00\xff", "不是文本|编码"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "不是文本|编码"),
        ("姓名,电话\n张三,138".encode(), "表头"),
        (csv_of(), "没有内容"),
        (csv_of(LINE, headings=("项目编号", "项目名称", "项目名称")), "出现了两次"),
        (b"x" * (5 * 1024 * 1024 + 1), "5 MB"),
    ],
)
def test_what_is_no_list_of_projects_is_refused_with_the_reason(content, said):
    assert any(word in refusal(content) for word in said.split("|"))


def test_an_archive_that_is_no_workbook_is_refused():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "不是 .xlsx" in refusal(written.getvalue())


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = packed(sheet1=b" " * (80 * 1024 * 1024))
    assert len(bomb) < 200_000
    assert "解压后过大" in refusal(bomb)


def test_a_workbook_with_entities_is_refused():
    xml = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert "不允许" in refusal(packed(sheet1=xml))


@pytest.mark.parametrize("part", ["sheet1", "workbook", "styles"])
def test_a_damaged_part_is_a_refusal_and_no_crash(part):
    assert "无法读取" in refusal(packed(**{part: b"<worksheet><broken"}))


def test_a_row_far_below_costs_nothing():
    book = sheet(HEADINGS, LINE)
    book.active.cell(1_000_000, 1, "XM-9")
    assert len(files.read(saved(book)).rows) == 1
