"""Photographs as they are taken in: judged by decoding, turned upright, made smaller, without EXIF.

No name and no type that somebody sends is believed. What comes out is a JPEG of ours, and beside
it when and where the picture claims to have been taken.
"""

from __future__ import annotations

import hashlib
import io
import math
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from waterdesk.core.errors import Invalid

# HEIC is not among them: Pillow reads it with a plugin only; phones send JPEG when asked for it.
FORMATS = ("JPEG", "PNG", "WEBP")
MEGABYTE, MILLION = 1024 * 1024, 1_000_000
MOST_BYTES, MOST_PIXELS = 10 * MEGABYTE, 40 * MILLION
MOST_SIDE = 20_000  # pixels; no camera takes a longer one
LONGEST, SMALL, QUALITY = 2560, 320, 85  # pixels of the long side; of the thumbnail; of the JPEG
# What Pillow raises for bytes that are no whole picture.
BROKEN = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, struct.error, KeyError,
    IndexError, TypeError, ZeroDivisionError, OverflowError, MemoryError,
)  # fmt: skip
TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Claim:
    """When (aware) and where a picture says it was taken; nobody has proved it."""

    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph as it is kept: two JPEGs, and `digest`, the SHA-256 in hex of the large one.

    `original` is the digest of the bytes that came.
    """

    large: bytes
    small: bytes
    digest: str
    original: str
    width: int
    height: int
    claim: Claim


def read(data: bytes) -> Picture:
    """Decode what somebody sent. Raises Invalid unless it is a whole picture within the limits.

    The same bytes give the same picture.
    """
    if len(data) > MOST_BYTES:
        raise Invalid(_("照片不能超过 %(most)d MB。") % {"most": MOST_BYTES // MEGABYTE})
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            # From the header alone: nothing is unpacked before its size is known.
            if image.width * image.height > MOST_PIXELS or max(image.size) > MOST_SIDE:
                raise _too_large()
            claim = _claim(image)
            upright = _upright(image)
    except TOO_LARGE:
        raise _too_large() from None
    except BROKEN:
        raise Invalid(_("不是完整的照片，只收 JPEG、PNG、WebP。")) from None
    large = _jpeg(upright)
    width, height = upright.size
    upright.thumbnail((SMALL, SMALL))
    digest = hashlib.sha256(large).hexdigest()
    original = hashlib.sha256(data).hexdigest()
    return Picture(large, _jpeg(upright), digest, original, width, height, claim)


def _too_large() -> Invalid:
    return Invalid(_("照片不能超过 %(most)d 百万像素。") % {"most": MOST_PIXELS // MILLION})


def _upright(image: Image.Image) -> Image.Image:
    """The picture as it was seen, at most LONGEST, on white where it was transparent."""
    image.draft("RGB", (LONGEST, LONGEST))
    image.load()
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    turned = ImageOps.exif_transpose(image)
    if not turned.has_transparency_data:
        return turned.convert("RGB")
    layer = turned.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(ground, layer).convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    """Nothing goes in but pixels: neither EXIF nor a comment nor a colour profile."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    into = io.BytesIO()
    bare.save(into, "JPEG", quality=QUALITY)
    return into.getvalue()


def _claim(image: Image.Image) -> Claim:
    """What the EXIF says; a part of it that makes no sense is left out."""
    try:
        exif = image.getexif()
        taken = _taken(exif.get_ifd(ExifTags.IFD.Exif))
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(place, ExifTags.GPS.GPSLatitude, "S", 90)
        longitude = _degrees(place, ExifTags.GPS.GPSLongitude, "W", 180)
    except BROKEN:
        return Claim()
    if latitude is None or longitude is None:
        return Claim(taken)
    return Claim(taken, latitude, longitude)


def _taken(exif: dict[int, Any]) -> datetime | None:
    """The original's time; without an offset it is read as the desk's own zone."""
    try:
        text = str(exif[ExifTags.Base.DateTimeOriginal]).strip("\x00 ")
        at = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  made aware below
        offset = str(exif.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\x00 ")
        if offset:
            return datetime.strptime(f"{at:%Y:%m:%d %H:%M:%S}{offset}", "%Y:%m:%d %H:%M:%S%z")
        return timezone.make_aware(at) if at.year >= 1990 else None
    except (KeyError, ValueError, OverflowError):
        return None


def _degrees(place: dict[int, Any], tag: int, negative: str, most: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in place[tag])
        value = degrees + minutes / 60 + seconds / 3600
        sign = -1 if str(place[tag - 1]).strip("\x00 ").upper() == negative else 1
    except (KeyError, ValueError, TypeError, ZeroDivisionError, OverflowError):
        return None
    return round(sign * value, 6) if math.isfinite(value) and 0 <= value <= most else None
