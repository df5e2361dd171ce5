"""Papers: what others read in them, and that equal papers are equal bytes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from hashlib import sha256

import pytest

from tests.papers.reading import fonts_of, info_of, needs_poppler, pages_of, text_of
from waterdesk.papers import Blanks, Facts, Heading, Paper, Signs, Table, Words, font, pdf

# Two of the first plane, two beyond it; all four are names of people.
RARE = "䶮㛃𬱖𠅤"
PAPER = Paper(
    title="查勘装表单",
    number="B2611160000018",
    issuer="某某供水公司",
    digest="0123456789abcdef",
    printed="打印于 2026-11-16 10:00",
    link="https://wd.example.com.cn/track/B2611160000018/",
    link_note="扫码查进度",
    blocks=(
        Heading("客户"),
        Facts((("姓名", f"张{RARE}"), ("电话", "138****1234"), ("地址", "城东区朝阳路 8 号" * 9))),
        Words("第一条\n供水人保证水质。"),
        Blanks(("到场时间", "查勘人", "表前压力"), tall=("现场情况",)),
        Signs((("供水人", ("某某供水公司",)), ("用水人", ()))),
    ),
)


def long_table(rows, cell="DN20 镀锌钢管"):
    table = Table(
        ("材料", "规格", "数量"), tuple((f"第{n}行", cell, "1") for n in range(rows)), (3, 4, 1)
    )
    return replace(PAPER, blocks=(table,))


@needs_poppler
def test_the_font_lies_in_the_paper_and_only_the_part_that_is_used():
    # One font holds 256 characters of a paper, so a long one has several.
    fonts = fonts_of(pdf(PAPER))
    assert fonts
    assert [f for f in fonts if (f["emb"], f["sub"], f["uni"]) != ("yes", "yes", "yes")] == []
    assert [f["name"] for f in fonts if "NotoSansSC" not in f["name"]] == []
    assert len(pdf(PAPER)) < 100_000


@needs_poppler
def test_the_words_can_be_read_out_again():
    text = text_of(pdf(PAPER))
    for words in (
        "查勘装表单",
        "138****1234",
        "城东区朝阳路8号" * 9,
        "供水人保证水质。",
        "现场情况",
    ):
        assert words in text


@needs_poppler
@pytest.mark.parametrize("rare", RARE)
def test_a_rare_character_of_a_name_is_found_in_the_paper(rare):
    assert f"张{RARE}" in text_of(pdf(PAPER))
    assert ord(rare) in font.Font(font.NAME, str(font.FILE)).face.charToGlyph


@needs_poppler
def test_more_characters_than_one_font_holds_are_all_found():
    many = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 700))
    assert many in text_of(pdf(replace(PAPER, blocks=(Words(many),))))


@needs_poppler
def test_what_somebody_typed_is_no_markup():
    typed = "<b>甲</b>&amp;<img src='x'/>"
    assert "".join(typed.split()) in text_of(pdf(replace(PAPER, blocks=(Words(typed),))))


@needs_poppler
def test_the_foot_of_every_page_says_which_it_is_and_of_how_many():
    pages = pages_of(pdf(long_table(120)))
    assert len(pages) > 2
    for place, page in enumerate(pages, 1):
        assert f"第{place}页，共{len(pages)}页" in page
        assert "B2611160000018" in page
        assert "0123456789abcdef" in page
        assert "打印于2026-11-1610:00" in page


@needs_poppler
def test_a_long_table_has_its_head_on_every_page_and_loses_no_row():
    pages = pages_of(pdf(long_table(120)))
    assert [page for page in pages if "规格" not in page] == []
    text = "".join(pages)
    assert [n for n in range(120) if f"第{n}行" not in text] == []


@needs_poppler
def test_a_cell_higher_than_a_page_goes_on_over_the_next():
    assert len(pages_of(pdf(long_table(1, cell="很长的说明" * 600)))) > 1
    facts = replace(PAPER, blocks=(Facts((("备注", "很长的说明" * 1000),)),))
    assert text_of(pdf(facts)).count("很") == 1000


@needs_poppler
def test_the_pages_are_a4_and_the_paper_has_its_name():
    told = info_of(pdf(PAPER))
    assert "A4" in told["Page size"]
    assert told["Title"] == "查勘装表单 B2611160000018"


def test_equal_papers_are_equal_bytes():
    assert pdf(PAPER) == pdf(replace(PAPER))
    assert pdf(PAPER) != pdf(replace(PAPER, number="B2611160000019"))


def test_another_process_at_another_time_prints_the_same_bytes():
    code = (
        "from hashlib import sha256\n"
        "from tests.papers.test_printing import PAPER\n"
        "from waterdesk.papers import pdf\n"
        "print(sha256(pdf(PAPER)).hexdigest())"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == sha256(pdf(PAPER)).hexdigest()


def test_the_font_is_the_one_its_note_names():
    note = (font.FILE.parent / "README.md").read_text("utf-8")
    assert sha256(font.FILE.read_bytes()).hexdigest() in note
