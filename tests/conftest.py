"""What every test stands on: real servers (tests.servers), the seeds, and a fresh policy."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client, TransactionTestCase
from django.utils import translation

from applications import seeding as applications
from applications.fees import seeding as fees
from notifications import seeding as texts
from notifications import texts as texts_held
from notifications.results import book
from tests import kept, once, signing_in
from tickets import seeding as tickets
from waterdesk.core import policy
from waterdesk.core import seeding as core

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
# The policy that the seeds make, once this process has read it.
SEEDED: list[policy.Policy] = []


def load_seeds() -> None:
    core.load(SEEDS)
    applications.load(SEEDS)
    fees.load(SEEDS)
    tickets.load(SEEDS)
    texts.load(SEEDS)


def pytest_collection_finish() -> None:
    """What was made so far stays for the whole run, so nobody need look for garbage in it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)  # as the web server does, see waterdesk.wsgi


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """The test database holds the reference data of `seeds/`, as a desk does."""
    with django_db_blocker.unblock():
        load_seeds()
        kept.keep()
        policy.forget()
        SEEDED.append(policy.current())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: kept.restore())
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    once.choose(metafunc)


@pytest.fixture(scope="module", autouse=True)
def ground(request: pytest.FixtureRequest) -> Iterator[Any]:
    """What the tests that come next all begin with, see tests.once; mostly nothing."""
    name = getattr(request, "param", ())
    if not name:
        yield None
        return
    request.getfixturevalue("django_db_setup")
    as_seeded()
    standing = once.stand(name)
    blocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock():
        made = next(standing)
    yield made
    with blocker.unblock():
        standing.close()


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Photographs and seals of the tests lie in folders of the run, also those of its servers."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("MEDIA_DIR", "SEALS_DIR"):
            folder = tmp_path_factory.mktemp(name.lower())
            patch.setattr(settings, name, folder)
            patch.setenv(name, str(folder))
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_to_sign_in() -> Iterator[None]:
    """What makes a password dear to guess, a million rounds, guards nothing here.

    The way of hashing stays, so that a web server of a test knows the passwords, too.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1)
        patch.setattr(Client, "force_login", signing_in.force_login)
        yield


@pytest.fixture(autouse=True)
def _fresh_policy() -> Iterator[None]:
    """A rolled-back edit must not live on in this process: each test begins with the seeds' policy.

    Whether it is still in force is looked up in the database, as after an edit by other processes.
    """
    as_seeded()
    book.forget()
    yield
    as_seeded()
    book.forget()


def as_seeded() -> None:
    """Hold the seeds' policy: to read a thousand rows for each test takes a quarter of its time.

    It is a copy, so what others keep for as long as it lives (services, fees) they read anew. A
    test that changes its rows without moving the utility's revision calls `policy.forget` itself.
    """
    policy.forget()
    policy.look_again()
    policy._held = replace(SEEDED[0]) if SEEDED else None


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A page that was asked for in English leaves that language to whatever runs next."""
    yield
    translation.deactivate()


@pytest.fixture
def committed(transactional_db: None) -> None:
    """A database in which commits are real (threads, processes), with the seeds in it."""
    texts_held.forget()
