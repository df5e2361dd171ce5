"""What every request gets: one reading of the clock, a compressed answer, and an answer when the
desk refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone

from waterdesk.core.errors import DeskError
from waterdesk.database.acting import acting
from waterdesk.web import refusals

Handler = Callable[[HttpRequest], HttpResponse]
# What shrinks. Photographs and documents are compressed in themselves.
SHRINKS = ("text/", "application/json", "application/vnd.oai.openapi")
TOLD_AT_ONCE = "text/event-stream"


class RequestTime:
    """`request.now`: the aware instant at which the request came in, read once."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = timezone.now()
        return self.get_response(request)


class Acting:
    """Whoever is signed in is named where the database notes changes of the configuration."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(f"page:{request.path}", partial(_name_of, request)):
            return self.get_response(request)


def _name_of(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return user.get_username() if user is not None and user.is_authenticated else ""


class Compressed(GZipMiddleware):
    """Text leaves the desk compressed, for those who can read it so.

    An answer of random length tells nobody who sees only its size what stands in it (BREACH): up
    to 100 bytes are Django's own addition, and the token of a form is masked anew on every page.
    What is told as it happens goes as it is: compressed, it would wait for more to come.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        kind = response.get("Content-Type", "")
        shrinks = kind.startswith(SHRINKS) and not kind.startswith(TOLD_AT_ONCE)
        return super().process_response(request, response) if shrinks else response


class Refusals:
    """A DeskError that a page did not answer itself becomes a page with its status and message.

    The API has its own handler, which runs before this one.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DeskError):
            return refusals.answer(request, error.status, error.code, error.message)
        return None
