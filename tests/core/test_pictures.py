"""What counts as a photograph: judged by decoding; what is kept of it, and what is not."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from PIL import Image

from tests.factories import SHANGHAI
from tests.photographs import bomb, exif, taken
from waterdesk.core import pictures
from waterdesk.core.errors import Invalid
from waterdesk.core.pictures import Claim


def opened(data):
    return Image.open(io.BytesIO(data))


def near(pixel, colour):
    return all(abs(one - two) < 20 for one, two in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_kept_is_a_jpeg_whatever_came(kind):
    picture = pictures.read(taken(kind=kind))
    kept = opened(picture.large)
    assert (kept.format, kept.size, kept.mode) == ("JPEG", (60, 40), "RGB")
    assert (picture.width, picture.height) == (60, 40)


def test_the_same_bytes_give_the_same_picture_under_the_same_name():
    assert pictures.read(taken()) == pictures.read(taken())
    assert pictures.read(taken()).digest != pictures.read(taken(colour="blue")).digest


def test_a_large_picture_is_made_smaller_and_has_a_thumbnail():
    picture = pictures.read(taken((4000, 3000)))
    assert opened(picture.large).size == (2560, 1920)
    assert opened(picture.small).size == (320, 240)


def test_it_stands_upright_as_the_phone_was_held():
    picture = pictures.read(taken(exif=exif(orientation=6)))
    kept = opened(picture.large)
    assert kept.size == (40, 60)
    # What was on the left is on top once the picture is turned clockwise.
    assert near(kept.getpixel((20, 10)), (255, 0, 0))
    assert near(kept.getpixel((20, 50)), (255, 255, 255))


def test_no_exif_stays_in_the_file_but_its_claims_are_known():
    sent = taken(exif=exif())
    assert b"SECRETPHONE" in sent
    picture = pictures.read(sent)
    for data in (picture.large, picture.small):
        assert b"SECRETPHONE" not in data
        assert b"Exif" not in data
        assert dict(opened(data).getexif()) == {}
    at = datetime(2026, 11, 16, 9, 30, tzinfo=SHANGHAI)
    assert picture.claim == Claim(at, 27.8275, 113.15)


@pytest.mark.parametrize(
    ("at", "place"),
    [
        ("yesterday", ((0.0, 0.0, 0.0), (999.0, 0.0, 0.0))),
        ("0000:00:00 00:00:00", ((91.0, 0.0, 0.0), (1.0, 0.0, 0.0))),
        ("", ((1.0,), (2.0,))),
    ],
)
def test_claims_that_make_no_sense_are_left_out(at, place):
    assert pictures.read(taken(exif=exif(at=at, place=place))).claim == Claim()


def test_what_was_transparent_is_white():
    into = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(into, "PNG")
    assert near(opened(pictures.read(into.getvalue()).large).getpixel((5, 5)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["L", "CMYK", "1", "P", "I;16", "LA"])
def test_every_sort_of_pixels_is_understood(mode):
    into = io.BytesIO()
    kind = {"CMYK": "JPEG"}.get(mode, "PNG")
    Image.new(mode, (20, 10)).save(into, kind)
    assert opened(pictures.read(into.getvalue()).large).size == (20, 10)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture at all",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        taken(kind="GIF"),
        taken(kind="BMP"),
        taken(kind="TIFF"),
        b"\xff\xd8\xff\xe0" + b"\0" * 200,
    ],
)
def test_what_is_no_photograph_is_refused_whatever_it_is_called(data):
    with pytest.raises(Invalid, match="不是完整的照片"):
        pictures.read(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_refused(kind):
    whole = taken((400, 400), kind=kind)
    with pytest.raises(Invalid, match="不是完整的照片"):
        pictures.read(whole[: len(whole) // 2])


@pytest.mark.parametrize("size", [(8000, 5001), (12000, 12000), (50000, 50000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_by_its_header_before_anything_is_unpacked(size):
    with pytest.raises(Invalid, match="百万像素"):
        pictures.read(bomb(*size))


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(Invalid, match="10 MB"):
        pictures.read(taken() + b"\0" * pictures.MOST_BYTES)
