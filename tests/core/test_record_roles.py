"""The role that the desk works by: a real one, which owns nothing and may not touch the record."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from tests.factories import MONDAY_0900, open_ticket
from waterdesk.core.sealing import roles

ROLE = "waterdesk_app"
COLUMN = {"core_event": "actor", "core_seal": "root", "core_disclosure": "reason"}


@pytest.fixture
def role(committed) -> Iterator[psycopg.Connection]:
    """A second role with the rights that the command gives it, connected as itself."""
    open_ticket(at=MONDAY_0900)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
        call_command("record", "roles", ROLE, "--apply", verbosity=0)
        values = connection.get_connection_params()
        known = {name: values.get(name) for name in ("dbname", "host", "port", "password")}
    with psycopg.connect(**known, user=connection.settings_dict["USER"], autocommit=True) as raw:
        raw.execute(f"SET SESSION AUTHORIZATION {ROLE}")
        yield raw
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {ROLE}")
        cursor.execute(f"DROP ROLE {ROLE}")


@pytest.mark.parametrize("table", roles.APPEND_ONLY)
def test_the_desks_own_role_can_add_to_the_record_and_no_more(role, table):
    assert role.execute(f"SELECT count(*) FROM {table}").fetchone() is not None
    for statement in (
        f"UPDATE {table} SET {COLUMN[table]} = DEFAULT",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"DROP TRIGGER {table}_no_change ON {table}",
        f"ALTER TABLE {table} OWNER TO {ROLE}",
        f"DROP TABLE {table}",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            role.execute(statement)


def test_the_desks_own_role_can_do_all_its_work(role):
    role.execute("UPDATE core_case SET remark = '改'")
    role.execute("SELECT nextval('core_case_number')")
    role.execute("SELECT pg_advisory_xact_lock(1)")
    role.execute(
        'INSERT INTO core_event ("case", seq, at, recorded_at, actor, role, action, data, '
        "previous, digest) VALUES ('G1', 1, now(), now(), '', '', 'x', '{}', '', '')"
    )
    role.execute("DELETE FROM core_pulse")


def test_the_check_names_what_is_too_much(role, capsys):
    call_command("record", "roles", ROLE, "--check")
    assert list(roles.too_much(ROLE)) == []
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT DELETE ON core_seal TO {ROLE}")
    with pytest.raises(SystemExit):
        call_command("record", "roles", ROLE, "--check")
    assert f"{ROLE} may change core_seal" in capsys.readouterr().out


def test_an_owner_can_do_too_much(db):
    assert f"{connection.settings_dict['USER']} is a superuser" in list(roles.too_much())


def test_a_role_that_is_not_there_is_named(db):
    with pytest.raises(LookupError):
        list(roles.too_much("nobody_of_that_name"))


def test_the_command_prints_what_it_would_do(db, capsys):
    call_command("record", "roles", 'a"b')
    assert 'REVOKE ALL ON "core_event", "core_seal", "core_disclosure" FROM PUBLIC, "a""b";' in (
        capsys.readouterr().out
    )
