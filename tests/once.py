"""What several tests of a file begin with, made once: each finds it as it was, whatever others did.

It lies in a transaction around those tests, which run one after the other, and each of them in one
of its own inside, as ever. A test of the same file that does not ask for it does not meet it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.db import transaction

_makes: dict[tuple[str, str], tuple[Callable[[], Any], datetime]] = {}


def once(*, at: datetime) -> Callable[[Callable[[], Any]], Any]:
    """Turn a function of no arguments into such a fixture; it is made at the time `at`.

    Every test gets a copy of what it returns. One such fixture a test.
    """

    def fixture_of(make: Callable[[], Any]) -> Any:
        _makes[make.__module__, make.__name__] = make, at

        @pytest.fixture(name=make.__name__)
        def made(ground: Any) -> Any:
            return copy.deepcopy(ground)

        return made

    return fixture_of


def choose(metafunc: pytest.Metafunc) -> None:
    """Say of each test of a file with such fixtures on which of them it stands, if any.

    pytest brings those of one ground together. The names of the tests do not show it.
    """
    module = metafunc.module.__name__
    names = [name for where, name in _makes if where == module]
    if names:
        found = [name for name in names if name in metafunc.fixturenames]
        ground = (module, *found) if found else ()
        metafunc.parametrize(
            "ground", [ground], ids=[pytest.HIDDEN_PARAM], indirect=True, scope="module"
        )


def stand(name: tuple[str, str]) -> Iterator[Any]:
    """What the function of this name makes, in a transaction that is undone at the end."""
    make, at = _makes[name]
    around = transaction.atomic()
    around._from_testcase = True  # as the one around a test: what must be outermost may be in it
    around.__enter__()
    try:
        with time_machine.travel(at, tick=False):
            made = make()
        yield made
    finally:
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
