"""What PostgreSQL itself refuses, whatever code asks for it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import open_ticket, staff
from tickets.models import Ticket
from waterdesk.core.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket():
    return open_ticket()


def refused(rows, **values):
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**values)
        connection.check_constraints()
    return True


@pytest.mark.parametrize("status", ["dispatched", "on_site", "contained", "finished"])
def test_nobody_is_on_the_way_without_a_handler(ticket, status):
    Ticket.objects.filter(pk=ticket.pk).update(result="好了")
    assert refused(Case.objects.filter(pk=ticket.pk), status=status, handler=None)


@pytest.mark.parametrize("status", ["finished", "answered", "closed"])
def test_nothing_is_done_without_a_result(ticket, status):
    assert refused(Case.objects.filter(pk=ticket.pk), status=status, handler=staff("field"))


def test_with_handler_and_result_it_is_done(ticket):
    Ticket.objects.filter(pk=ticket.pk).update(result="好了")
    Case.objects.filter(pk=ticket.pk).update(status="finished", handler=staff("field"))
    connection.check_constraints()


@pytest.mark.parametrize(
    "values",
    [
        {"category": "gossip"},
        {"subtype": ""},
        {"subtype": "meteor"},
        {"category": "praise"},
        {"calibre_mm": 0},
        {"category": "praise", "subtype": "", "calibre_mm": 100},
        {"satisfaction": "angry"},
    ],
    ids=str,
)
def test_what_can_never_be_is_refused(ticket, values):
    assert refused(Ticket.objects.filter(pk=ticket.pk), **values)


def test_the_rules_of_tickets_leave_applications_alone(ticket):
    Case.objects.filter(pk=ticket.pk).update(kind="application", status="closed", handler=None)
    connection.check_constraints()
