"""A holiday notice put into force: preview, conflicts, the clocks that move, what is certain."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from notifications.models import Message
from tests.core.test_recompute import ANSWER, check, figures
from tests.factories import HOUR, MONDAY_0900, SHANGHAI, open_ticket, staff
from waterdesk.core import door, notice_files, notices, policy
from waterdesk.core.errors import Conflict, Invalid, NotFound
from waterdesk.core.models import CalendarDay, Clock, WorkCalendar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_once")]

SOURCE = "国办发明电〔2026〕9号"
# Thursday, the last day of the published year; 3 working days from here end in January.
LAST_DAY = datetime(2026, 12, 31, 16, 0, tzinfo=SHANGHAI)
NOTICE = {
    "year": 2027,
    "source": SOURCE,
    "off": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"}],
    "work": ["2027-01-09"],
}


@pytest.fixture
def _at_once(settings):
    """Edits of configuration are seen by the next look."""
    settings.POLICY_MAX_AGE = 0


def notice(**over):
    return notice_files.read(json.dumps(NOTICE | over).encode())


def office():
    return WorkCalendar.objects.get(code="office")


def kinds(planned):
    return {str(change.date): change.kind for change in planned.changes}


def question():
    return open_ticket(at=LAST_DAY, **ANSWER)


def test_a_preview_names_the_new_days_and_the_clocks_and_writes_nothing():
    ticket = question()
    rows, before = CalendarDay.objects.count(), figures()
    planned = notices.plan(notice(), "office")
    assert set(kinds(planned).values()) == {"new"}
    (found,) = notices.moves(planned)
    assert found.clock.number == ticket.number
    assert found.moved
    assert (CalendarDay.objects.count(), figures()) == (rows, before)
    assert office().published_until == date(2026, 12, 31)


def test_applying_does_to_the_clocks_what_the_preview_said():
    question()
    promised = [(d.clock.pk, d.replayed) for d in notices.moves(notices.plan(notice(), "office"))]
    done = notices.apply(notice(), "office", LAST_DAY + HOUR)
    stored = [
        (clock.pk, {name: getattr(clock, name) for name in promised[0][1]})
        for clock in Clock.objects.all()
    ]
    assert stored == promised
    assert (done.days, done.clocks.moved) == (4, 1)
    assert check()[0] == 0


def test_clocks_that_lie_before_its_days_are_not_even_looked_at():
    early = open_ticket(at=MONDAY_0900, **ANSWER)
    late = question()
    done = notices.apply(notice(), "office", LAST_DAY)
    assert (done.clocks.looked, done.clocks.moved) == (1, 1)
    assert early.clocks.get().due_at < late.clocks.get().due_at
    assert check()[0] == 0


def test_a_provisional_clock_before_the_first_changed_day_becomes_certain_too():
    ticket = question()
    off = [{"name": "春节", "from": "2027-02-06", "to": "2027-02-12"}]
    notices.apply(notice(off=off, work=[]), "office", LAST_DAY)
    assert not ticket.clocks.get().provisional
    assert not ticket.events.filter(action="clock_moved").exists()


def test_the_notice_makes_what_was_provisional_certain():
    ticket = question()
    assert ticket.clocks.get().provisional
    notices.apply(notice(), "office", LAST_DAY + HOUR)
    assert not ticket.clocks.get().provisional
    assert office().published_until == date(2027, 12, 31)


def test_every_day_keeps_its_source_and_a_make_up_day_has_the_usual_hours():
    notices.apply(notice(), "office", LAST_DAY)
    days = {str(d.date): d for d in CalendarDay.objects.filter(source=SOURCE)}
    assert sorted(days) == ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-09"]
    assert days["2027-01-01"].windows == []
    assert days["2027-01-09"].windows == office().weekly["mon"]


def test_applying_it_again_writes_nothing():
    question()
    notices.apply(notice(), "office", LAST_DAY)
    again = notices.apply(notice(), "office", LAST_DAY + HOUR)
    assert (again.days, again.clocks.written) == (0, 0)


def test_a_replay_that_was_cut_short_is_finished_by_applying_again(monkeypatch):
    question()

    def killed(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(notices, "recompute", killed)
    with pytest.raises(KeyboardInterrupt):
        notices.apply(notice(), "office", LAST_DAY)
    monkeypatch.undo()
    policy.forget()
    assert check()[0] == 1
    again = notices.apply(notice(), "office", LAST_DAY + HOUR)
    assert (again.days, again.clocks.moved) == (0, 1)
    assert check()[0] == 0


def test_a_notice_issued_anew_changes_and_takes_back_its_own_days():
    question()
    notices.apply(notice(), "office", LAST_DAY)
    later = notice(
        off=[{"name": "元旦", "from": "2027-01-01", "to": "2027-01-02"}], work=["2027-01-10"]
    )
    planned = notices.plan(later, "office")
    assert kinds(planned) == {
        "2027-01-01": "same",
        "2027-01-02": "same",
        "2027-01-03": "gone",
        "2027-01-09": "gone",
        "2027-01-10": "new",
    }
    assert notices.apply(later, "office", LAST_DAY).days == 3
    assert not CalendarDay.objects.filter(date=date(2027, 1, 9)).exists()
    assert check()[0] == 0


def test_a_notice_may_change_the_december_before_it():
    CalendarDay.objects.create(
        calendar=office(), date=date(2026, 12, 31), windows=[["08:30", "12:00"]], source="公司"
    )
    off = [{"name": "元旦", "from": "2026-12-31", "to": "2027-01-02"}]
    planned = notices.plan(notice(off=off), "office")
    assert kinds(planned)["2026-12-31"] == "changed"
    notices.apply(notice(off=off), "office", LAST_DAY)
    day = CalendarDay.objects.get(date=date(2026, 12, 31))
    assert (day.windows, day.source) == ([], SOURCE)


def test_a_day_of_the_companys_own_is_not_overwritten_unasked():
    CalendarDay.objects.create(
        calendar=office(), date=date(2027, 1, 9), windows=[], name="公司日", source="公司"
    )
    assert kinds(notices.plan(notice(), "office"))["2027-01-09"] == "conflict"
    with pytest.raises(Invalid, match="2027-01-09"):
        notices.apply(notice(), "office", LAST_DAY)
    assert office().published_until == date(2026, 12, 31)
    assert CalendarDay.objects.filter(source=SOURCE).count() == 0
    notices.apply(notice(), "office", LAST_DAY, override=True)
    assert CalendarDay.objects.get(date=date(2027, 1, 9)).source == SOURCE


def test_what_was_agreed_to_must_still_be_so():
    seen = notices.plan(notice(), "office").seen
    CalendarDay.objects.create(calendar=office(), date=date(2027, 1, 1), windows=[], source=SOURCE)
    with pytest.raises(Conflict):
        notices.apply(notice(), "office", LAST_DAY, seen=seen)
    notices.apply(notice(), "office", LAST_DAY, seen=notices.plan(notice(), "office").seen)


def test_an_old_notice_does_not_take_back_what_is_published():
    old = notice(
        year=2026, off=[{"name": "公休", "from": "2026-12-25", "to": "2026-12-25"}], work=[]
    )
    notices.apply(old, "office", LAST_DAY)
    assert office().published_until == date(2026, 12, 31)


def test_a_year_cannot_be_published_before_the_year_before_it():
    far = notice(
        year=2028, off=[{"name": "元旦", "from": "2028-01-01", "to": "2028-01-01"}], work=[]
    )
    with pytest.raises(Invalid, match="2027"):
        notices.plan(far, "office")


def test_a_calendar_that_follows_no_notices_takes_none():
    WorkCalendar.objects.update(published_until=None)
    with pytest.raises(Invalid, match="无关"):
        notices.plan(notice(), "office")


def test_a_calendar_there_is_not_is_refused():
    with pytest.raises(NotFound):
        notices.plan(notice(), "nowhere")


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 10, 31), False),
        (date(2026, 11, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), True),
    ],
)
def test_from_the_first_of_november_on_the_next_year_is_missed(today, missing):
    assert notices.overdue(policy.current(), today) == [office().pk] * missing


def test_a_published_next_year_is_not_missed():
    notices.apply(notice(), "office", LAST_DAY)
    assert notices.overdue(policy.current(), date(2026, 11, 21)) == []


def test_a_message_says_that_a_due_time_is_provisional():
    ticket = question()
    lead = staff("lead", "east")
    crew = staff("field", "east-1")
    changes = {"handler": crew.username}
    door.move(ticket.number, "dispatch", actor=lead, at=LAST_DAY + HOUR, changes=changes)
    told = Message.objects.filter(case=ticket.number, channel="inbox", recipient=crew).first()
    assert "（暂定）" in told.body


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "2027.json"
    path.write_text(json.dumps(NOTICE))
    return str(path)


def run(*arguments):
    out = StringIO()
    call_command("notice", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_shows_and_only_with_apply_writes(file):
    ticket = question()
    said = run(file, "--calendar", "office")
    assert "new      2027-01-01 元旦 off" in said
    assert f"{ticket.number} " in said
    assert "clocks that move 1, no longer provisional 1; published until 2027-12-31" in said
    assert not CalendarDay.objects.filter(source=SOURCE).exists()
    assert "days 4, clocks written 1, moved 1" in run(file, "--calendar", "office", "--apply")
    assert CalendarDay.objects.filter(source=SOURCE).count() == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.json"], "No such file"),
        (["chinesecalendar"], "--year"),
        (["chinesecalendar", "--year", "2027"], "chinesecalendar"),
    ],
)
def test_the_command_refuses_what_it_cannot_read(arguments, words):
    with pytest.raises(CommandError, match=words):
        run(*arguments, "--calendar", "office")


def test_the_command_refuses_a_bad_day_and_loads_nothing(tmp_path):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(NOTICE | {"work": ["2027-01-09", "2028-01-09"]}))
    with pytest.raises(CommandError, match="2028-01-09"):
        run(str(path), "--calendar", "office", "--apply")
    assert not CalendarDay.objects.filter(source=SOURCE).exists()


def test_a_notice_after_which_a_calendar_opens_no_more_is_refused_by_name():
    WorkCalendar.objects.filter(code="office").update(weekly={})
    CalendarDay.objects.filter(calendar__code="office").delete()
    morning = [["08:30", "12:00"]]
    calendar = WorkCalendar.objects.get(code="office")
    CalendarDay.objects.create(calendar=calendar, date=date(2027, 1, 1), windows=morning)
    with pytest.raises(Invalid, match=f"“{calendar.name}”今后没有任何开放时段"):
        notices.plan(notice(work=[]), "office")
    with pytest.raises(Invalid, match="没有每周时段"):
        notices.plan(notice(), "office")
