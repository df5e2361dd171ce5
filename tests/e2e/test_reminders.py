"""From the row to the telephone: a real worker and a real beat, nothing eager, nothing faked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Message
from tests.e2e.conftest import until
from tests.factories import MINUTE, open_ticket, staff
from waterdesk.core import door, health
from waterdesk.core.models import Clock, Crossing
from waterdesk.core.record import verify

pytestmark = pytest.mark.slow


def test_a_reminder_reaches_the_inbox_and_the_telephone_by_itself(machinery, carrier):
    lead = staff("lead", "east", phone="13800000004")
    handler = staff("field", "east-1", phone="13800000011")
    ticket = open_ticket(at=timezone.now() - 15 * MINUTE + timedelta(seconds=6))
    machinery.worker()
    machinery.beat()
    until(lambda: ticket.events.filter(action="clock_breached").exists())
    breach = ticket.events.get(action="clock_breached")
    respond = ticket.clocks.get(code="respond")
    assert breach.at == respond.due_at == respond.breached_at
    assert (breach.recorded_at - breach.at).total_seconds() < 15
    until(lambda: "13800000004" in [request.body["to"] for request in carrier.received])
    sent = next(r for r in carrier.received if r.body["to"] == "13800000004")
    assert ticket.number in sent.body["text"]
    inbox = Message.objects.filter(channel="inbox", recipient=lead, case=ticket.number)
    assert inbox.filter(occurrence=f"clock:{respond.pk}:100").count() == 1
    findings = health.report(timezone.now())
    assert health.is_well(findings), findings
    assert handler.pk not in inbox.values_list("recipient_id", flat=True)


def test_a_worker_killed_in_a_sweep_two_workers_and_two_beats_fire_each_level_once(
    machinery, carrier
):
    staff("lead", "east", phone="13800000004")
    staff("supervisor", phone="13800000005")
    opened = timezone.now() - timedelta(hours=3)
    numbers = [
        open_ticket(at=opened, phone="", address=f"城东区朝阳路 {n} 号").number for n in range(250)
    ]
    # respond 50–150 %, arrive 50–150 %, contain 50 %: nine levels fell for each in three hours.
    expected = len(numbers) * 9
    first = machinery.worker("one")
    machinery.beat()
    machinery.beat()
    until(lambda: Crossing.objects.exists())
    machinery.kill(first)
    # What it was sending is its own until the lease runs out; let that be now.
    gone = timezone.now() - timedelta(seconds=1)
    Message.objects.filter(state="sending").update(lease_until=gone, next_try_at=gone)
    machinery.worker("two")
    machinery.worker("three")
    until(lambda: Crossing.objects.count() == expected)
    until(lambda: not Message.objects.exclude(state__in=["sent", "delivered"]).exists(), 60)

    keys = [(c.clock_id, c.level) for c in Crossing.objects.all()]
    assert len(set(keys)) == len(keys) == expected
    assert not Clock.objects.filter(next_at__lt=timezone.now() - timedelta(minutes=1)).exists()
    short = Message.objects.filter(channel="sms")
    # What was repeated after the crash carries the same key, and the carrier took it once.
    assert len(carrier.taken) == short.count()
    assert {str(pk) for pk in short.values_list("pk", flat=True)} == set(carrier.taken)
    for number in (numbers[0], numbers[-1]):
        events = list(door.Case.objects.get(number=number).events)
        assert list(verify(events)) == []
        assert len([e for e in events if e.action.startswith("clock_")]) == 9
