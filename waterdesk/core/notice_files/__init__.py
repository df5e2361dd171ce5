"""A yearly holiday notice read from JSON, from iCal, or from the package `chinesecalendar`.

Nothing is guessed: what cannot be read is refused, naming its line or its day.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from waterdesk.core.notice_files import ical, json_form
from waterdesk.core.notice_files.notice import SOURCE_LENGTH, Day, Notice, at_line, wrong
from waterdesk.core.notice_files.package import PACKAGE, from_package

__all__ = ["MOST_BYTES", "PACKAGE", "SOURCE_LENGTH", "Day", "Notice", "from_package", "read"]

# A notice is a page of text; nothing larger is read.
MOST_BYTES = 256 * 1024


def read(content: bytes, *, year: int | None = None, source: str = "") -> Notice:
    """The notice in a file, JSON or iCal by its first character.

    `year` picks one of several and must be the file's own; `source` stands in for one that the
    file does not name. Raises Invalid naming the line or the day.
    """
    if len(content) > MOST_BYTES:
        raise wrong(_("文件过大：通知文件不超过 256 KB。"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise at_line(line, _("不是 UTF-8 文本")) from None
    if not text.strip():
        raise wrong(_("文件是空的。"))
    if text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        return ical.parse(text, year, source)
    return json_form.parse(text, year, source)
