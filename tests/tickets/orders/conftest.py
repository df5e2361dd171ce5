from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories import MONDAY_0900


@pytest.fixture
def at_nine() -> Iterator[None]:
    with time_machine.travel(MONDAY_0900, tick=False):
        yield
