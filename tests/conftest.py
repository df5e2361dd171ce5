"""What every test stands on: real servers (tests.servers), the seeds, and a fresh policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from applications import seeding as applications
from applications.fees import seeding as fees
from notifications import seeding as texts
from notifications import texts as texts_held
from notifications.results import book
from tickets import seeding as tickets
from waterdesk.core import policy
from waterdesk.core import seeding as core

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def load_seeds() -> None:
    core.load(SEEDS)
    applications.load(SEEDS)
    fees.load(SEEDS)
    tickets.load(SEEDS)
    texts.load(SEEDS)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """The test database holds the reference data of `seeds/`, as a desk does."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            # Tests that commit are cleaned up by TRUNCATE, which the record refuses elsewhere.
            cursor.execute("ALTER TABLE core_event DISABLE TRIGGER core_event_no_truncate")
        load_seeds()
        keep_seeds()


# Django itself brings these back when it empties the tables.
ITS_OWN = {"django_migrations", "django_content_type", "auth_permission"}


def keep_seeds() -> None:
    """Put a copy of all that is there now aside, in a schema that nobody empties."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA kept")
        for table in sorted(set(connection.introspection.table_names(cursor)) - ITS_OWN):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT EXISTS (SELECT FROM {name})")
            if cursor.fetchone()[0]:
                cursor.execute(f"CREATE TABLE kept.{name} AS TABLE {name}")


@transaction.atomic
def restore_seeds() -> None:
    """Bring back what was put aside: loading it anew takes a second and a half, each time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'kept'")
        for (table,) in cursor.fetchall():
            name = connection.ops.quote_name(table)
            cursor.execute(f"INSERT INTO {name} SELECT * FROM kept.{name} ON CONFLICT DO NOTHING")


@pytest.fixture(scope="session", autouse=True)
def _own_media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Photographs of the tests lie in a folder of the run, also those of servers it starts."""
    folder = tmp_path_factory.mktemp("media")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "MEDIA_DIR", folder)
        patch.setenv("MEDIA_DIR", str(folder))
        yield


@pytest.fixture(autouse=True)
def _fresh_policy() -> Iterator[None]:
    """A rolled-back edit must not live on in this process."""
    policy.forget()
    book.forget()
    yield
    policy.forget()
    book.forget()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A page that was asked for in English leaves that language to whatever runs next."""
    yield
    translation.deactivate()


@pytest.fixture
def committed(transactional_db: None) -> None:
    """A database in which commits are real (threads, processes), with the seeds in it."""
    restore_seeds()
    texts_held.forget()
    policy.forget()
