"""配置变更: every change of the configuration leaves a note, whoever makes it and however."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from tests.conftest import SEEDS
from tests.factories import MONDAY_0900, customer, staff
from waterdesk.core.history import checking, watched
from waterdesk.core.models import Area, CalendarDay, ConfigChange, Promise, Reason, Shift
from waterdesk.core.models.config import Configured
from waterdesk.database.acting import acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def leak() -> Promise:
    return Promise.objects.get(kind="ticket", name="漏水到场")


def notes(**narrowed: object) -> list[ConfigChange]:
    """What was noted since the seeds, the newest first."""
    return list(ConfigChange.objects.exclude(way="").filter(**narrowed))


def newest() -> ConfigChange:
    return ConfigChange.objects.latest("id")


def triggers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'core_watched'"
        )
        return {name for (name,) in cursor.fetchall()}


# --- what is watched ------------------------------------------------------------------------------
def test_every_table_that_says_so_has_its_trigger():
    assert triggers() == set(watched.tables())


def test_all_configuration_says_so():
    assert {each._meta.db_table for each in Configured.__subclasses__() if not each._meta.abstract}
    assert all(
        each._meta.db_table in watched.tables()
        for each in Configured.__subclasses__()
        if not each._meta.abstract
    )


# --- who ------------------------------------------------------------------------------------------
def test_an_edit_in_the_admin_names_the_person_and_both_values(admin_user, leak):
    browser = Client()
    browser.force_login(admin_user, backend="waterdesk.web.accounts.backends.StaffPassword")
    given = {
        "code": leak.code, "kind": leak.kind, "name": leak.name, "unit": leak.unit,
        "conditions": json.dumps(leak.conditions), "amount": "45", "pause_reasons": "[]",
        "ladder": str(leak.ladder_id), "version": str(leak.version), "public": "on",
        "effective_from_0": "2000-01-01", "effective_from_1": "00:00:00", "source": leak.source,
    }  # fmt: skip
    assert browser.post(f"/admin/core/promise/{leak.pk}/change/", given).status_code == 302
    note = ConfigChange.objects.get(what="core_promise", key=str(leak.pk), done="changed")
    assert (note.actor, note.way) == ("admin", f"page:/admin/core/promise/{leak.pk}/change/")
    assert (note.was["amount"], note.became["amount"]) == (60.0, 45.0)


def test_the_seeds_are_noted_under_their_command(leak):
    leak.delete()
    call_command("load_seeds", folder=SEEDS, verbosity=0)
    note = ConfigChange.objects.filter(what="core_promise").latest("id")
    assert (note.actor, note.way, note.done) == ("", "command:load_seeds", "added")
    assert note.became["name"] == "漏水到场"


def test_what_the_files_do_not_change_leaves_no_note():
    before = ConfigChange.objects.count()
    call_command("load_seeds", folder=SEEDS, verbosity=0, update=True)
    assert ConfigChange.objects.count() == before


def test_plain_sql_is_noted_as_coming_from_the_database(leak):
    with acting("page:/somewhere/", lambda: "lead"):
        Reason.objects.filter(code="weather").update(label="天气")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_promise SET amount = 1 WHERE id = %s", [leak.pk])
    note = newest()
    assert (note.what, note.actor, note.way) == ("core_promise", "", "")
    assert note.account == connection.settings_dict["USER"]
    assert note.became["amount"] == 1


def test_several_rows_at_once_are_noted_one_by_one():
    with acting("page:/x/", lambda: "lead"):
        changed = Promise.objects.filter(kind="ticket").update(source="新的出处")
    assert changed > 1
    assert len(notes(actor="lead", what="core_promise")) == changed


def test_the_name_ends_with_the_work(leak):
    with acting("page:/x/", lambda: "lead"):
        leak.save()
    leak.amount = 5
    leak.save()
    assert (newest().actor, newest().what) == ("", "core_promise")


def test_outside_a_transaction_the_name_is_told_and_taken_back(committed, leak):
    with acting("page:/x/", lambda: "lead"):
        Promise.objects.filter(pk=leak.pk).update(amount=5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('waterdesk.actor', true)")
        assert cursor.fetchone()[0] == ""
    assert newest().actor == "lead"


# --- what -----------------------------------------------------------------------------------------
def test_a_change_of_nothing_leaves_no_note(leak):
    before = ConfigChange.objects.count()
    leak.save()
    assert ConfigChange.objects.count() == before


def test_a_row_that_is_removed_keeps_what_it_was():
    day = CalendarDay.objects.order_by("pk").first()
    key = str(day.pk)
    day.delete()
    note = newest()
    assert (note.what, note.key, note.done) == ("core_calendarday", key, "removed")
    assert note.became is None
    assert note.was["date"] == day.date.isoformat()


def test_rights_are_noted_without_password_and_telephone():
    clerk = staff("clerk", "east-1", phone="13812345678")
    clerk.set_password("a secret of hers")
    clerk.role = "lead"
    clerk.save()
    note = newest()
    assert (note.was["role"], note.became["role"]) == ("clerk", "lead")
    said = json.dumps([note.was, note.became])
    assert not {"password", "phone", "13812345678", clerk.password} & {*note.became, said}
    assert "13812345678" not in said
    assert clerk.password not in said


def test_a_password_alone_leaves_no_note():
    clerk = staff("clerk")
    before = ConfigChange.objects.count()
    clerk.set_password("another")
    clerk.save()
    assert ConfigChange.objects.count() == before


def test_customers_are_no_configuration():
    before = ConfigChange.objects.count()
    someone = customer()
    someone.name = "张三"
    someone.save()
    someone.delete()
    assert ConfigChange.objects.count() == before


def test_a_customer_who_becomes_staff_is_noted():
    someone = customer()
    someone.role, someone.area = "clerk", Area.objects.get(code="east")
    someone.save()
    assert (newest().was["role"], newest().became["role"]) == ("customer", "clerk")


def test_instants_are_written_in_utc_whatever_the_session_says(leak):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'Asia/Shanghai'")
        cursor.execute(
            "UPDATE core_promise SET effective_until = '2030-01-01T00:00:00Z' WHERE id = %s",
            [leak.pk],
        )
        cursor.execute("SET LOCAL timezone = 'UTC'")
    assert newest().became["effective_until"] == "2030-01-01T00:00:00+00:00"
    assert list(checking.faults()) == []


# --- whose ----------------------------------------------------------------------------------------
def shift_of(user, area):
    return Shift.objects.create(
        area=Area.objects.get(code=area), user=user, role=user.role,
        starts_at=MONDAY_0900, ends_at=MONDAY_0900.replace(hour=17),
    )  # fmt: skip


def test_a_supervisor_sees_the_own_areas_and_what_holds_for_all(leak):
    shift_of(staff("lead", "east"), "east")
    mine = newest()
    shift_of(staff("lead", "west"), "west")
    theirs = newest()
    leak.amount = 5
    leak.save()
    seen = set(ConfigChange.objects.visible_to(staff("supervisor", "east")))
    assert {mine, newest()} <= seen
    assert theirs not in seen
    assert theirs in set(ConfigChange.objects.visible_to(staff("supervisor")))


def test_who_came_from_elsewhere_is_seen_from_both_sides():
    clerk = staff("clerk", "east-1")
    clerk.area = Area.objects.get(code="west")
    clerk.save()
    moved = newest()
    for area in ("east", "west"):
        assert moved in ConfigChange.objects.visible_to(staff("supervisor", area))


@pytest.mark.parametrize("role", ["agent", "clerk", "field", "lead"])
def test_others_see_none(role, leak):
    assert not ConfigChange.objects.visible_to(staff(role)).exists()


# --- that nobody touched it -----------------------------------------------------------------------
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE core_configchange SET actor = 'somebody'",
        "DELETE FROM core_configchange",
        "TRUNCATE core_configchange",
    ],
)
def test_postgresql_refuses_to_change_a_note(sql):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql)


def test_what_the_desk_wrote_is_sound(leak):
    leak.amount = 5
    leak.save()
    leak.amount = 6
    leak.save()
    assert list(checking.faults()) == []


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE core_configchange SET actor = 'x' WHERE id = {middle}", "was changed"),
        ("DELETE FROM core_configchange WHERE id = {middle}", "does not follow"),
        ("DELETE FROM core_configchange WHERE id = {last}", "is not what was noted"),
        ("UPDATE core_promise SET amount = 99 WHERE id = {row}", "is not what was noted"),
        ("DELETE FROM core_promise WHERE id = {row}", "is gone"),
    ],
)
def test_what_a_superuser_forges_is_found(leak, sql, fault):
    for amount in (5, 6, 7):
        Promise.objects.filter(pk=leak.pk).update(amount=amount)
    of_leak = ConfigChange.objects.filter(what="core_promise", key=str(leak.pk))
    last, middle = of_leak.values_list("pk", flat=True)[:2]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql.format(middle=middle, last=last, row=leak.pk))
        cursor.execute("SET LOCAL session_replication_role = origin")
    (found,) = checking.faults()
    assert f"core_promise {leak.pk}" in found
    assert fault in found


def test_the_command_names_the_fault_and_fails(leak, capsys):
    call_command("changes", check=True)
    assert "sound" in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE core_promise SET amount = 99 WHERE id = %s", [leak.pk])
    with pytest.raises(SystemExit):
        call_command("changes", check=True)
    assert f"core_promise {leak.pk}" in capsys.readouterr().out
