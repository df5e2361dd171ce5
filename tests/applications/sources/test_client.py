"""The questions as they travel, against a real server: right, slow, down, wrong, and not at all."""

from __future__ import annotations

import logging
import threading

import pytest

from applications.sources import client
from applications.sources.asking import ask_all
from applications.sources.client import Source, Unanswered
from applications.sources.outcomes import Known, Unknown, Why
from applications.sources.wanted import Applicant
from tests.applications.sources.far_end import KEY, in_turn, says, waits
from tests.factories import MONDAY_0900

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]

ZHANG = Applicant(
    kind="person",
    service="new-connection",
    name="张三",
    phone="13812345678",
    address="城东区朝阳路 8 号",
)


def ask(sources, question=None):
    source = Source("identity", f"{sources.url}/identity", KEY)
    return client.ask(source, question or {"name": "张三", "mobile": "13812345678"})


def outcome(fact="identity", of=ZHANG):
    return ask_all(of, [fact], MONDAY_0900)[fact]


def test_a_right_answer_is_known_with_its_source_and_its_time(sources):
    assert outcome() == Known({"matches": True, "by": "mobile"}, "identity", MONDAY_0900)


def test_the_question_is_signed_and_nothing_personal_stands_in_its_address(sources):
    ask(sources)
    [asked] = sources.asked
    assert asked.signed
    assert asked.path == "/identity"
    assert asked.body == {"name": "张三", "mobile": "13812345678"}


def test_every_try_is_signed_anew(sources):
    sources.answers["/identity"] = in_turn(says(500, {}), says(200, {"match": True}))
    ask(sources)
    first, second = sources.asked
    assert first.nonce != second.nonce
    assert (first.signed, second.signed) == (True, True)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_is_temporary_is_tried_again(sources, status):
    sources.answers["/identity"] = in_turn(says(status, {}), says(200, {"match": True}))
    assert ask(sources) == {"match": True}
    assert len(sources.asked) == 2


def test_a_source_that_stays_broken_is_tried_three_times_and_no_more(sources):
    sources.told("/identity", 500)
    assert outcome() == Unknown(Why.TIMEOUT)
    assert len(sources.asked) == 3


def test_a_source_that_never_answers_is_not_waited_for(sources, elsewhere, silent, settings):
    settings.SOURCE_READ_TIMEOUT = 0.05
    elsewhere("identity", silent)
    assert outcome() == Unknown(Why.TIMEOUT)


def test_a_source_that_drips_is_not_waited_for(sources, elsewhere, dripping, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE", 0.3)
    elsewhere("identity", dripping)
    assert outcome() == Unknown(Why.TIMEOUT)


def test_a_source_that_answers_too_late_is_no_answer(sources, settings):
    settings.SOURCE_READ_TIMEOUT = 0.05
    let_go = threading.Event()
    sources.answers["/identity"] = waits(let_go)
    said = outcome()
    let_go.set()
    assert said == Unknown(Why.TIMEOUT)


def test_a_source_that_is_down_is_an_ordinary_answer(sources, elsewhere, nobody):
    elsewhere("identity", nobody)
    assert outcome() == Unknown(Why.TIMEOUT)


def test_a_source_that_is_not_connected_is_an_ordinary_answer(sources, elsewhere):
    elsewhere("identity", "")
    assert outcome() == Unknown(Why.NOT_CONNECTED)
    assert sources.asked == []


def test_a_wrong_key_is_refused_and_not_tried_again(sources, elsewhere):
    elsewhere("identity", key="another")
    assert outcome() == Unknown(Why.REFUSED)
    assert len(sources.asked) == 1


@pytest.mark.parametrize("status", [201, 204, 301, 400, 403, 422])
def test_whatever_else_is_said_is_a_refusal_and_not_tried_again(sources, status):
    sources.told("/identity", status, {"match": True})
    assert outcome() == Unknown(Why.REFUSED)
    assert len(sources.asked) == 1


@pytest.mark.parametrize(
    ("status", "body"), [(404, b"nothing here"), (200, {"found": False}), (404, {"match": True})]
)
def test_an_entry_that_is_not_there_is_not_found(sources, status, body):
    sources.told("/identity", status, body)
    assert outcome() == Unknown(Why.NOT_FOUND)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>maintenance</html>",
        b"\xff\xfe",
        b"[" * 10_000,
        b'{"match": true' + b" " * 20_000 + b"}",
        [],
        "match",
        {},
        {"match": "true"},
        {"found": "no"},
    ],
)
def test_an_answer_that_is_none_is_not_taken_and_not_tried_again(sources, body):
    sources.told("/identity", 200, body)
    assert outcome() == Unknown(Why.MALFORMED)
    assert len(sources.asked) == 1


def test_what_the_application_does_not_hold_is_not_asked(sources):
    company = Applicant(kind="organisation", service="new-connection", name="示例物流公司")
    assert outcome("registration", company) == Unknown(Why.NOT_GIVEN)
    assert sources.asked == []


@pytest.mark.parametrize(
    ("status", "body"), [(200, {"match": "张三 13812345678"}), (500, None), (403, "张三")]
)
def test_the_log_names_the_source_and_never_the_person(sources, caplog, status, body):
    sources.told("/identity", status, body)
    with caplog.at_level(logging.DEBUG):
        outcome()
    assert "identity" in caplog.text
    assert "张三" not in caplog.text
    assert "13812345678" not in caplog.text


def test_a_refused_question_says_why(sources):
    sources.told("/identity", 403)
    with pytest.raises(Unanswered) as refused:
        ask(sources)
    assert refused.value.why is Why.REFUSED
