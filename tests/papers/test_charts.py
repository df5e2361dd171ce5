"""Charts on paper: drawn, not pictures, and every figure can be read out of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.papers.reading import needs_poppler, pages_of, text_of
from waterdesk.papers import Bars, Heading, Lines, Paper, Table, font, pdf
from waterdesk.papers.charts import SMALL, fitted, stringWidth

PAPER = Paper(title="月报", number="2026-10-1", issuer="某某供水公司", blocks=())
BARS = Bars(
    (("两个环节", 97.3, "97.3%（146 / 150）"), ("到场", None, "没有"), ("办结", 100.0, "100%"))
)
LINES = Lines(
    tuple(f"2026-{month:02d}" for month in range(1, 13)),
    (("报装", (90.0, None, *[95.5] * 10)), ("工单", (80.0,) * 12)),
)


def drawn(*blocks):
    return pdf(replace(PAPER, blocks=blocks))


@needs_poppler
def test_every_label_and_every_figure_of_a_chart_can_be_read_out():
    text = text_of(drawn(Heading("按时率"), BARS, LINES))
    for said in ("两个环节", "97.3%（146/150）", "没有", "报装", "工单", "2026-12", "75%"):
        assert said in text


def test_a_chart_is_drawn_and_no_picture():
    assert b"/Subtype /Image" not in drawn(BARS, LINES)


def test_the_same_chart_is_the_same_bytes():
    assert drawn(BARS, LINES) == drawn(BARS, LINES)


@needs_poppler
def test_many_bars_go_over_to_the_next_page():
    many = Bars(tuple((f"网格{n}", float(n % 100), f"第{n}条") for n in range(120)))
    pages = pages_of(drawn(many))
    assert len(pages) > 1
    assert "第119条" in pages[-1]


@pytest.mark.parametrize("lines", [(), (("空", ()),)])
def test_a_chart_of_nothing_is_an_empty_one(lines):
    assert drawn(Lines((), lines), Bars(())).startswith(b"%PDF")


def test_a_label_that_is_too_long_is_cut_with_a_mark():
    font.ready()
    cut = fitted("城东营业所第一网格朝阳街道" * 3, 100)
    assert cut.endswith("…")
    assert stringWidth(cut, font.NAME, SMALL) <= 100


@needs_poppler
def test_a_table_of_figures_holds_them_all():
    table = Table(("承诺", "按时", "超时"), (("两个环节", "146", "4"),), figures=True)
    assert "两个环节1464" in text_of(drawn(table))
