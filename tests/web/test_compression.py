"""Text leaves the desk compressed for those who can read it so; nothing else about it changes."""

from __future__ import annotations

import gzip
import re

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from tests.applications.permits.made import SCHEME_AT, designed, file
from tests.factories import DAY, open_application
from tests.web.desk import as_role
from waterdesk.web.middleware import Compressed

pytestmark = pytest.mark.django_db
SHRUNK = {"headers": {"accept-encoding": "gzip, br"}}


def opened(answer):
    assert answer["Content-Encoding"] == "gzip"
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return gzip.decompress(body).decode()


@pytest.mark.parametrize("address", ["/apply/", "/services/", "/api/schema/?format=json"])
def test_a_page_is_a_fraction_of_itself_on_the_wire(address):
    plain, shrunk = Client().get(address), Client().get(address, **SHRUNK)
    assert not plain.has_header("Content-Encoding")
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in shrunk["Vary"]
    assert len(shrunk.content) < len(plain.content) / 3
    assert int(shrunk["Content-Length"]) == len(shrunk.content)
    assert len(opened(shrunk)) == len(plain.content.decode())


def test_the_length_of_an_answer_says_nothing_about_what_stands_in_it():
    client = Client()
    lengths = {len(client.get("/track/", **SHRUNK).content) for _ in range(12)}
    assert len(lengths) > 1


def test_a_form_of_a_compressed_page_can_be_sent():
    client = Client(enforce_csrf_checks=True)
    pages = [opened(client.get("/login/", **SHRUNK)) for _ in range(2)]
    tokens = [re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1] for page in pages]
    # Masked anew each time, so that guessing at it gets nobody nearer.
    assert len(set(tokens)) == 2
    assert client.post("/login/", {"login": "x"}).status_code == 403
    assert (
        client.post("/login/", {"login": "x", "csrfmiddlewaretoken": tokens[0]}).status_code != 403
    )


def test_a_list_that_is_streamed_is_the_same_list(time_machine):
    case = designed("digs_road")
    file(case, "road")
    time_machine.move_to(SCHEME_AT + 10 * DAY)
    client = as_role("clerk")
    plain = b"".join(client.get("/desk/permits.csv").streaming_content).decode()
    assert case.number in plain
    assert opened(client.get("/desk/permits.csv", **SHRUNK)) == plain


def test_what_is_compressed_in_itself_stays_as_it_is():
    case = open_application()
    answer = as_role("clerk").get(f"/desk/cases/{case.number}/sheet.pdf", **SHRUNK)
    assert answer["Content-Type"] == "application/pdf"
    assert not answer.has_header("Content-Encoding")


def test_what_is_told_as_it_happens_goes_as_it_is(rf):
    answer = StreamingHttpResponse(iter([b"data: it rings\n\n"]), content_type="text/event-stream")
    request = rf.get("/", **SHRUNK)
    assert (
        next(iter(Compressed(lambda _: answer)(request).streaming_content)) == b"data: it rings\n\n"
    )
