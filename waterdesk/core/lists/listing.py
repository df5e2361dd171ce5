"""One list of the desk as a file: its columns, and the answer that streams it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from waterdesk.core.errors import Invalid
from waterdesk.core.flow import Label
from waterdesk.core.lists import cells

FORMAT, CSV = "format", "csv"
# What says which page of a list is looked at; a file has all of them.
PLACES = ("after", "before", "page")
# So many rows are held at a time, whatever the length of the list. *chosen*
CHUNK = 500
# Unmasked, each row leaves a line in the record of its case: a file of more is nobody's work.
# *chosen*
MOST_WHOLE = 5000


@dataclass(frozen=True, slots=True)
class Column:
    """`of` is asked for the cell of a line; `hide` is how it is masked, None where nothing is."""

    head: Label
    of: Callable[[Any], Any]
    hide: Callable[[str], str] | None = None


def as_they_are(rows: list[Any], request: HttpRequest) -> Iterable[Any]:
    return rows


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as a file. `lines` makes some rows of the database into what the columns read.

    `case` is the number of the case that a line is of. Only such a list can be had unmasked.
    """

    name: str
    columns: tuple[Column, ...]
    lines: Callable[[list[Any], HttpRequest], Iterable[Any]] = as_they_are
    case: Callable[[Any], str] | None = None

    @property
    def hides(self) -> bool:
        """Whether there is something that a reason would show."""
        return self.case is not None and any(column.hide for column in self.columns)

    def asked(self, request: HttpRequest) -> bool:
        """Whether the address asks for the file instead of the page."""
        return request.GET.get(FORMAT) == CSV

    def offer(self, request: HttpRequest, address: str = "", **more: str) -> dict[str, Any]:
        """For the context of the page: where its file is, with the filters of the page.

        `address` where the file has an address of its own, `more` what the page itself chose.
        """
        query = request.GET.copy()
        for name in PLACES:
            query.pop(name, None)
        for name, value in more.items():
            query[name] = value
        query[FORMAT] = CSV
        return {
            "csv": f"{address or request.path}?{query.urlencode()}",
            "csv_whole": self.hides and request.user.role in _readers(),
        }

    def answer(
        self, request: HttpRequest, rows: QuerySet[Any] | Iterable[Any], days: str = ""
    ) -> StreamingHttpResponse:
        """The whole list in the order of `rows`, streamed: memory does not follow its length.

        Masked, unless the request carries a reason (see waterdesk.web.whole): then each case it
        names has a line in its record before the file names it. Raises Invalid where more than
        MOST_WHOLE rows are asked for so, or nothing of the list is hidden.
        """
        reason = getattr(request, "whole_reason", "")
        if reason:
            self._refuse_too_much(rows)
        # The rows are made after the view has returned, when the page's language is no longer set.
        blocks = self._blocks(request, rows, reason, get_language())
        answer = StreamingHttpResponse(blocks, content_type="text/csv; charset=utf-8")
        days = days or f"{timezone.localdate(request.now):%Y%m%d}"
        answer["Content-Disposition"] = f'attachment; filename="{self.name}-{days}.csv"'
        answer["Cache-Control"] = "private, no-store"
        answer.is_list = True
        return answer

    def _blocks(
        self, request: HttpRequest, rows: Iterable[Any], reason: str, language: str | None
    ) -> Iterator[str]:
        with override(language):
            head = cells.MARK + cells.line(column.head for column in self.columns)
        yield head
        for some in _in_chunks(rows):
            with override(language):
                found = list(self.lines(some, request))
                if reason:
                    self._record(found, reason, request)
                text = "".join(self._line(each, bool(reason)) for each in found)
            yield text

    def _line(self, line: Any, whole: bool) -> str:
        return cells.line(
            column.of(line) if whole or column.hide is None else _hidden(column, line)
            for column in self.columns
        )

    def _record(self, found: list[Any], reason: str, request: HttpRequest) -> None:
        from waterdesk.core import disclosed
        from waterdesk.core.models.disclosures import Disclosure

        said, what = {"list": self.name}, Disclosure.What.LIST
        for number in dict.fromkeys(map(self.case, found)):
            disclosed.of_case(number, what, said, reason, actor=request.user, at=request.now)

    def _refuse_too_much(self, rows: QuerySet[Any] | Iterable[Any]) -> None:
        if not self.hides:
            raise Invalid(_("这个列表没有隐去的内容，或不能导出全部内容。"))
        some = rows.order_by() if isinstance(rows, QuerySet) else list(rows)
        count = some.count() if isinstance(some, QuerySet) else len(some)
        if count > MOST_WHOLE:
            said = _("不隐去的导出一次最多 %(most)d 行，请先缩小范围。")
            raise Invalid(said % {"most": MOST_WHOLE})


def _readers() -> frozenset[str]:
    from waterdesk.core.results import READERS

    return READERS


def _hidden(column: Column, line: Any) -> Any:
    value = column.of(line)
    return column.hide(str(value)) if column.hide and value else value


def _in_chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Read once from beginning to end, so many at a time."""
    found = iter(rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows)
    while some := list(islice(found, CHUNK)):
        yield some
