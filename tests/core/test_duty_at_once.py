"""Two leads at the same moment: threads with connections of their own, real commits."""

from __future__ import annotations

import pytest

from notifications.models import Message
from tests.core.test_duty import shift
from tests.core.test_duty_leave import away, edit, replace
from tests.core.test_duty_patterns import AT, by_lead, lay, special
from tests.core.test_effects import climb
from tests.factories import DAY, HOUR, MONDAY_0900, staff
from tests.tickets.test_two_at_once import together
from waterdesk.core import duty, policy
from waterdesk.core.duty import patterns
from waterdesk.core.errors import Conflict, Invalid, NotFound
from waterdesk.core.models import Leave, Pattern, RosterChange, Shift

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

ROUNDS = 5


@pytest.fixture
def crew():
    return [staff("field", "east-1", name=name) for name in ("a", "b", "c")]


@pytest.fixture(autouse=True)
def lead(committed):
    return staff("lead", "east")


def refused(outcomes, *kinds):
    return [each for each in outcomes if isinstance(each, kinds)]


def test_of_two_leads_who_put_one_person_on_duty_exactly_one_succeeds(crew):
    for each in range(ROUNDS):
        start = 24 * each
        outcomes = together(
            lambda start=start: shift(crew[0], start=start),
            lambda start=start: shift(crew[0], area="east-2", start=start + 4),
        )
        assert len(refused(outcomes, Invalid)) == 1
    assert Shift.objects.count() == ROUNDS
    assert RosterChange.objects.count() == ROUNDS


def test_a_swap_and_a_removal_of_what_was_seen_do_not_both_happen(crew):
    for each in range(ROUNDS):
        first, second = shift(crew[0], start=24 * each), shift(crew[1], start=24 * each + 8)
        outcomes = together(
            lambda a=first, b=second: duty.swap(
                a.pk, b.pk, **by_lead(at=MONDAY_0900), seen=(a.seen, b.seen)
            ),
            lambda a=first: duty.remove(a.pk, **by_lead(at=MONDAY_0900), seen=a.seen),
        )
        assert len(refused(outcomes, Conflict, NotFound)) == 1
        people = set(
            Shift.objects.filter(pk__in=[first.pk, second.pk]).values_list("user__username", "pk")
        )
        assert people in ({("b", first.pk), ("a", second.pk)}, {("b", second.pk)})


def test_a_swap_asked_for_by_two_leads_is_not_undone_by_the_second(crew):
    for each in range(ROUNDS):
        first, second = shift(crew[0], start=24 * each), shift(crew[1], start=24 * each + 8)

        def swap(a=first, b=second):
            duty.swap(a.pk, b.pk, **by_lead(at=MONDAY_0900), seen=(a.seen, b.seen))

        assert len(refused(together(swap, swap), Conflict)) == 1
        first.refresh_from_db()
        assert first.user == crew[1]


def test_a_pattern_laid_out_twice_at_once_is_laid_out_once(crew):
    for each in range(3):
        on = {"every": each + 1, "note": str(each)}
        outcomes = together(*[lambda on=on: lay(crew, on)] * 3)
        assert refused(outcomes, Exception) == []
        assert len({row.pk for row, _new in outcomes}) == 1
        assert sorted(new for _row, new in outcomes)[:2] == [0, 0]
        row = outcomes[0][0]
        assert row.shifts.count() == max(new for _row, new in outcomes)
        patterns.withdraw(row.pk, row.first, seen=None, **by_lead())
        row.shifts.all().delete()
    assert Pattern.objects.count() == 3
    assert RosterChange.objects.filter(action="lay_out").count() == 3


def test_patterns_that_want_the_same_people_at_once_never_put_them_in_two_places(crew):
    a, b, c = crew
    outcomes = together(lambda: lay([a, b, c]), lambda: lay([c, b, a]), lambda: lay([b, a]))
    assert refused(outcomes, Exception) == []
    spans = list(Shift.objects.order_by("user", "starts_at").values_list("user", "ends_at"))
    assert len(spans) == sum(new for _row, new in outcomes)


def test_leave_and_a_new_shift_at_once_never_put_somebody_away_on_duty(crew):
    for each in range(ROUNDS):
        start = 24 * each
        together(
            lambda start=start: away(crew[0], start=start),
            lambda start=start: shift(crew[0], start=start),
        )
        assert not Shift.objects.on_duty(MONDAY_0900 + start * HOUR).exists()
    assert Leave.objects.count() == ROUNDS
    assert set(Shift.objects.vacant()) == set(Shift.objects.all())


def test_leave_taken_twice_at_once_is_taken_once(crew):
    outcomes = together(*[lambda: away(crew[0])] * 3)
    assert len(refused(outcomes, Invalid)) == 2
    assert Leave.objects.count() == 1


def test_of_two_who_hand_over_one_shift_the_second_is_told(crew):
    for each in range(ROUNDS):
        one = shift(crew[0], start=24 * each)
        outcomes = together(
            lambda one=one: replace(one, crew[1], seen=one.seen),
            lambda one=one: replace(one, crew[2], seen=one.seen),
        )
        assert len(refused(outcomes, Conflict)) == 1


def test_everything_at_once_ends_and_contradicts_nothing(crew):
    """Whatever the order, nobody waits for ever, and no person has two shifts at once."""
    for each in range(4):
        row, _new = lay(crew, {"on": "working", "note": str(each)})
        first, second = row.shifts.order_by("day")[:2]
        special(MONDAY_0900.date() + (3 + each) * DAY, name=f"放假 {each}")
        together(
            lambda a=first, b=second: duty.swap(a.pk, b.pk, **by_lead()),
            lambda a=first: edit(a, at=AT, note="改"),
            lambda b=second: replace(b, crew[2], at=AT),
            lambda row=row: patterns.lay_anew(row.pk, **by_lead()),
            lambda row=row: patterns.withdraw(row.pk, row.first, seen=None, **by_lead()),
            lambda each=each: lay(crew, {"on": "working", "note": str(each)}),
            lambda: away(crew[1], start=24, hours=24),
        )
        Pattern.objects.filter(withdrawn_from=None).update(withdrawn_from=row.first)
        Shift.objects.all().delete()


def test_what_is_laid_out_while_its_pattern_is_withdrawn_goes_or_belongs_to_another(crew):
    for each in range(4):
        on = {"note": str(each), "every": each + 1}
        row, _new = lay(crew, on)
        duty.remove(row.shifts.order_by("day").last().pk, **by_lead())
        together(
            lambda row=row: patterns.withdraw(row.pk, row.first, seen=None, **by_lead()),
            lambda on=on: lay(crew, on),
        )
        assert not Shift.objects.filter(pattern__withdrawn_from__isnull=False).exists()
        Pattern.objects.update(withdrawn_from=row.first)
        Shift.objects.all().delete()


def test_a_gap_is_told_once_by_two_beats(lead):
    climb({"level": 50, "tell": ["duty"]})
    made = together(*[lambda: duty.warn_ahead(policy.current(), MONDAY_0900)] * 3)
    assert sorted(made)[:2] == [0, 0]
    assert Message.objects.filter(key="duty.gap", recipient=lead).count() == 1
