"""The paper of a contract is printed before the case is locked, and is still the record's own."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.contracts import making, printing
from tests.applications.contracts import METER, WATER_AT, contract_of, go, water
from tests.factories import HOUR, MINUTE, MONDAY_0900, open_application, staff
from waterdesk import papers
from waterdesk.core.errors import NotAllowed
from waterdesk.core.record import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def installed():
    """An application whose meter is in, and whom the water comes from."""
    case, plumber = open_application(at=MONDAY_0900), staff("field", "east")
    go(case, "assign", staff("lead", "east"), WATER_AT, handler=plumber.username)
    go(case, "survey", plumber, WATER_AT)
    go(case, "install", plumber, WATER_AT, meter_number=METER)
    return case, plumber


@pytest.fixture
def printed(monkeypatch):
    """Of each paper that is printed: whether a case had been locked before it, in this request."""
    asked, found = CaptureQueriesContext(connection), []
    print_one = papers.pdf

    def watched(paper):
        said = (query["sql"] for query in connection.queries[asked.initial_queries :])
        found.append(any("FOR NO KEY UPDATE" in sql for sql in said))
        return print_one(paper)

    monkeypatch.setattr(papers, "pdf", watched)
    with asked:
        yield found


def test_one_paper_is_printed_and_no_case_is_locked_yet(installed, request):
    case, plumber = installed
    printed = request.getfixturevalue("printed")
    go(case, "water_on", plumber, WATER_AT + HOUR)
    assert printed == [False]


def test_the_record_knows_the_digest_of_the_paper_that_was_printed_ahead(installed):
    case, plumber = installed
    go(case, "water_on", plumber, WATER_AT + HOUR)
    contract = contract_of(case)
    body = printing.kept(contract, signed=False)
    made = case.events.get(action="contract_made")
    assert made.data["sha256"] == contract.sha256 == printing.sha256(body)
    assert list(verify(case.events)) == []


def test_what_changed_meanwhile_is_printed_anew(installed, monkeypatch):
    case, plumber = installed
    prepare = making.prepare

    def then_another_meter(row, at):
        row.meter_number = "ZZ-0"
        prepare(row, at)

    monkeypatch.setitem(case_flow().prepare, "water_on", then_another_meter)
    go(case, "water_on", plumber, WATER_AT + HOUR)
    contract = contract_of(case)
    assert contract.facts["meter"] == METER
    body = printing.kept(contract, signed=False)
    assert body == papers.pdf(printing._to_read(contract))


def test_what_was_printed_for_one_case_is_of_no_use_to_another(installed):
    case, _plumber = installed
    making.prepare(case_of(case), WATER_AT + HOUR)
    other = water(address="城东区朝阳路 99 号", phone="13900000099")
    assert printing.kept(contract_of(other), signed=False)


def test_nothing_is_printed_for_who_may_not_turn_the_water_on(installed, request):
    case, _plumber = installed
    clerk = staff("clerk")
    printed = request.getfixturevalue("printed")
    with pytest.raises(NotAllowed):
        go(case, "water_on", clerk, WATER_AT + HOUR + MINUTE)
    assert printed == []


def case_flow():
    from waterdesk.core.flow import flow_named

    return flow_named("application")


def case_of(case):
    return type(case).objects.get(pk=case.pk)
