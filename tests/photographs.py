"""Photographs as phones make them, for the tests."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

ZHUZHOU = ((27.0, 49.0, 39.0), (113.0, 9.0, 0.0))


def taken(
    size: tuple[int, int] = (60, 40), colour: Any = "red", kind: str = "JPEG", **more: Any
) -> bytes:
    """The bytes of a picture, half of one colour; `exif` goes along where it is given."""
    image = Image.new("RGB", size, "white")
    image.paste(colour, (0, 0, size[0] // 2, size[1]))
    into = io.BytesIO()
    image.save(into, kind, **more)
    return into.getvalue()


def exif(orientation: int = 1, at: str = "2026:11:16 09:30:00", place: Any = ZHUZHOU) -> Image.Exif:
    """Upright or not, taken at a time without a zone, at a place north and east."""
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.Make] = "SECRETPHONE"
    tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = at
    latitude, longitude = place
    gps = {1: "N", 2: latitude, 3: "E", 4: longitude}
    tags.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    return tags


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is so large; nothing of it is drawn."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    drawn = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", drawn) + chunk(b"IEND", b"")


def upload(data: bytes | None = None, name: str = "p.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, taken() if data is None else data, "image/jpeg")
