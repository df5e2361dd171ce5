"""Every pair of colours that the desk puts on one another, in the light and in the dark.

WCAG 2.2 AA: 4.5 : 1 for text (1.4.3), 3 : 1 for the edges of controls and for marks (1.4.11).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "waterdesk/web/static/waterdesk"
COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")
TONES = ["plain", "busy", "ok", "good", "warn", "bad", "paused"]
GROUNDS = ["bg", "surface", "sunken"]

TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in GROUNDS],
    *[(tone, ground) for tone in TONES for ground in [f"{tone}-soft", *GROUNDS]],
    *[(ink, f"{tone}-soft") for ink in ("ink", "ink-2") for tone in TONES],
    *[("accent", ground) for ground in [*GROUNDS, "accent-soft"]],
    ("accent-strong", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-bad", "bad"),
    ("on-bad", "bad-strong"),
    ("nav-ink", "nav"),
    ("nav-on", "nav"),
    ("nav-on", "nav-at"),
    ("on-hero", "hero-from"),
    ("on-hero", "hero-to"),
]
MARKS = [
    *[("edge", ground) for ground in GROUNDS],
    *[("focus", ground) for ground in GROUNDS],
    *[(tone, "line") for tone in TONES],
]


def read(name: str) -> dict[str, str]:
    return dict(COLOUR.findall((STATIC / name).read_text("utf-8")))


def luminance(colour: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["tokens.css", "dark.css"])
@pytest.mark.parametrize(
    ("pairs", "least"), [pytest.param(TEXT, 4.5, id="text"), pytest.param(MARKS, 3.0, id="marks")]
)
def test_everything_written_can_be_read(theme, pairs, least):
    colours = read(theme)
    found = {(a, b): round(contrast(colours[a], colours[b]), 2) for a, b in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}


def test_the_dark_says_every_colour_again():
    assert read("dark.css").keys() == read("tokens.css").keys()
