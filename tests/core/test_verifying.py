"""`record verify`: what a superuser's SQL did to the record is found and named."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from notifications.models import Message
from tests.core import forging
from tests.core.forging import KEY, THURSDAY, by_sql, change, two_days
from tests.factories import DAY, HOUR, MINUTE, open_ticket, staff
from waterdesk.core.models import Verification
from waterdesk.core.sealing import chains, checking, outside, running
from waterdesk.core.sealing.chains import Wanted
from waterdesk.core.sealing.findings import WORDS, Fault

ALL = Wanted()


@pytest.fixture
def opened(db, settings, tmp_path):
    settings.SEALS_DIR, settings.RECORD_KEY = tmp_path / "seals", KEY
    return two_days()


def found(wanted: Wanted = ALL) -> set[str]:
    return {str(finding) for finding in checking.everything(wanted, THURSDAY)}


def test_a_sound_record_has_no_faults(opened):
    assert found() == set()


CHANGED = "{0}#2: was changed"
NOT_AS_SEALED = "2026-11-16: the events of the day do not fit the seal"
NOT_AS_OUTSIDE = "2026-11-16: the line outside the database does not fit the seal"
WRONG_HEAD = "{0}: its case says another number of events or another last digest"


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (change("data", '{"note": "别的"}'), [CHANGED]),
        (change("at", "2026-11-15T00:00:00Z"), [CHANGED]),
        (change("recorded_at", "2026-11-16T01:30:01Z"), [CHANGED]),
        (change("actor", "somebody"), [CHANGED]),
        (change("role", "admin"), [CHANGED]),
        (change("action", "chase"), [CHANGED]),
        (change("previous", "0" * 64), [CHANGED, "{0}#2: does not follow the event before it"]),
        (change("digest", "0" * 64), [CHANGED, "{0}#3: does not follow the event before it",
                                      NOT_AS_SEALED]),
        (change("recorded_at", "2026-11-17T02:00:00Z"), [CHANGED, NOT_AS_SEALED,
            "2026-11-17: the events of the day do not fit the seal"]),
        (forging.delete_in_the_middle, ["{0}#2: is missing", NOT_AS_SEALED]),
        (forging.delete_the_last, [WRONG_HEAD, NOT_AS_SEALED]),
        (forging.delete_the_last_and_mend_the_case, [NOT_AS_SEALED]),
        (forging.delete_a_whole_case, [NOT_AS_SEALED]),
        (forging.swap, [
            "{0}#2: does not follow the event before it", "{0}#2: was changed",
            "{0}#3: does not follow the event before it", "{0}#3: was changed",
            "{0}#4: does not follow the event before it",
        ]),
        (forging.rechain, [NOT_AS_SEALED]),
        (forging.reseal_a_day, [
            "2026-11-17: does not follow the seal before it", NOT_AS_OUTSIDE,
        ]),
        (forging.reseal_everything, [
            "2026-11-17: the signature is not by the desk's key", NOT_AS_OUTSIDE,
            "2026-11-17: the line outside the database does not fit the seal",
        ]),
        (forging.remove_the_newest_seal, [
            "2026-11-17: the line outside the database does not fit the seal",
        ]),
    ],
)  # fmt: skip
def test_what_was_done_to_the_record_is_named(opened, forge, said):
    forge(opened)
    assert found() == {each.format(opened[0].number) for each in said}


def test_an_event_that_was_put_in_between_is_named(opened):
    forging.insert(opened)
    said = ["{0}#4: does not follow the event before it", "{0}#4: was changed", WRONG_HEAD]
    assert found() >= {each.format(opened[0].number) for each in [*said, NOT_AS_SEALED]}


def test_a_head_that_does_not_fit_is_named(opened):
    forging.mend_head(opened[2].number, 2, "0" * 64)
    assert found() == {WRONG_HEAD.format(opened[2].number)}


def test_events_without_a_case_are_named(opened):
    forging.delete_the_case_alone(opened)
    assert found() == {f"{opened[1].number}: has events and no case"}


def test_a_case_without_any_event_left_is_named(opened):
    by_sql('DELETE FROM core_event WHERE "case" = %s', [opened[2].number])
    assert WRONG_HEAD.format(opened[2].number) in found()


def test_a_line_outside_that_was_taken_away_or_written_twice_is_named(opened):
    path = outside.path()
    first, second = path.read_text().splitlines(keepends=True)
    path.write_text(second)
    assert found() == {NOT_AS_OUTSIDE}
    path.write_text(first + second + first)
    assert found() == {NOT_AS_OUTSIDE}


def test_a_seal_that_was_changed_is_named(opened):
    by_sql("UPDATE core_seal SET count = count + 1 WHERE day = '2026-11-16'")
    assert "2026-11-16: the seal was changed" in found()


def test_a_day_long_over_without_a_seal_is_named(opened):
    open_ticket(at=THURSDAY, phone="13900000009", address="城东区朝阳路 99 号")
    later = THURSDAY + 3 * DAY
    assert [str(each) for each in checking.everything(ALL, later)] == [
        "2026-11-19: has no seal although it is long over"
    ]


@pytest.mark.parametrize("table", checking.APPEND_ONLY)
@pytest.mark.parametrize("how", ["DISABLE TRIGGER {0}_no_change", "DISABLE TRIGGER ALL"])
def test_a_trigger_that_was_switched_off_is_named(opened, table, how):
    with connection.cursor() as cursor:
        # What hangs on foreign keys is checked first, or the table cannot be altered here.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} {how.format(table)}")
    assert found() == {f"{table}: the trigger that refuses changes is off"}


def test_one_case_is_looked_at_alone(opened):
    change("actor", "somebody")(opened)
    assert found(Wanted(case=opened[1].number)) == set()
    assert found(Wanted(case=opened[0].number)) == {CHANGED.format(opened[0].number)}


def test_since_a_day_looks_at_whole_cases_and_its_seals(opened):
    change("actor", "somebody")(opened)
    by_sql('DELETE FROM core_event WHERE "case" = %s AND seq = 2', [opened[2].number])
    names = {each.split(":")[0] for each in found(Wanted(since=THURSDAY - 2 * DAY))}
    assert names == {opened[2].number, "2026-11-17"}


def test_slices_of_any_size_find_the_same(opened, monkeypatch):
    forging.swap(opened)
    forging.mend_head(opened[2].number, 1, "")
    whole = chains.check(ALL)
    monkeypatch.setattr(chains, "SLICE", 1)
    parts = list(checking.slices(ALL))
    assert len(parts) == len(opened) + 1
    assert {each for part in parts for each in part.findings} == set(whole.findings)
    assert sum(part.looked for part in parts) == whole.looked


def test_every_fault_has_words():
    assert set(WORDS) == set(Fault)


# --- the command ---------------------------------------------------------------------------
def test_the_command_says_that_it_is_sound(opened, capsys):
    call_command("record", "verify")
    assert capsys.readouterr().out == "record: sound\n"


@pytest.mark.parametrize("more", [(), ("--since", "2026-11-16"), ("--case", "{0}")])
def test_the_command_names_what_it_finds_and_exits_with_one(opened, capsys, more):
    change("actor", "somebody")(opened)
    with pytest.raises(SystemExit) as ended:
        call_command("record", "verify", *(each.format(opened[0].number) for each in more))
    assert ended.value.code == 1
    assert f"{opened[0].number}#2: was changed" in capsys.readouterr().out


# --- runs of the worker --------------------------------------------------------------------
def nothing_waits() -> None:
    """What the night asked for is done."""
    Verification.objects.update(finished_at=THURSDAY)


def test_a_run_keeps_what_it_found_and_tells_the_supervisors(opened):
    nothing_waits()
    boss = staff("supervisor")
    change("actor", "somebody")(opened)
    running.ask(boss, THURSDAY)
    assert running.work(THURSDAY) == 1
    run = Verification.objects.latest("pk")
    assert run.findings == [["changed", f"{opened[0].number}#2"]]
    assert run.looked == run.expected
    assert run.finished_at is not None
    assert Message.objects.get(key="record.broken", channel="inbox").recipient_id == boss.pk


def test_a_run_that_took_too_long_goes_on_where_it_was(opened, monkeypatch):
    nothing_waits()
    monkeypatch.setattr(chains, "SLICE", 1)
    monkeypatch.setattr(running, "AT_ONCE", 0.0)
    change("actor", "somebody")(opened)
    running.ask(None, THURSDAY)
    assert [running.work(THURSDAY) for _ in range(4)] == [0, 0, 0, 1]
    run = Verification.objects.latest("pk")
    assert (run.found, run.looked) == (1, run.expected)


def test_what_waits_already_is_not_asked_for_twice(db):
    assert running.ask(None, THURSDAY) == running.ask(staff("admin"), THURSDAY + MINUTE)
    assert running.ask(None, THURSDAY + HOUR, since=THURSDAY.date()) is not None
    assert Verification.objects.count() == 2


def test_a_run_whose_worker_died_is_taken_by_the_next(opened):
    nothing_waits()
    run = running.ask(None, THURSDAY)
    Verification.objects.filter(pk=run.pk).update(taken_until=THURSDAY + MINUTE)
    assert running.work(THURSDAY) == 0
    assert running.work(THURSDAY + HOUR) == 1
