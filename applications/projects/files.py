"""Lists of projects as others send them, and what their columns may be called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from applications.projects.fields import FIELDS
from waterdesk.core import tables
from waterdesk.core.tables import MOST_BYTES, MOST_ROWS, Headings, Table

__all__ = ["HEADINGS", "MOST_BYTES", "MOST_ROWS", "Table", "read"]

HEADINGS = Headings(
    names={each.name: (each.name, each.heading, *each.aliases) for each in FIELDS},
    labels={each.name: each.label for each in FIELDS},
    needed=frozenset({"code", "name"}),
    missing=_("没有找到表头：标题行应有“项目编号”和“项目名称”，可下载模板对照。"),
)


def read(content: bytes) -> Table:
    """The rows of a file. Raises Invalid for what is no such list."""
    return tables.read(content, HEADINGS)
