from __future__ import annotations

import pytest
import time_machine

from tests.web import coming_in
from tests.web.desk import NOW


@pytest.fixture
def at_ten():
    """It is Monday, 10:00 in Shanghai, and stays so."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clock():
    """The time at which codes are asked for, which a test may shift."""
    with time_machine.travel(coming_in.NOW, tick=False) as traveller:
        yield traveller
