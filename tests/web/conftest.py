from __future__ import annotations

import pytest
import time_machine

from tests.web.desk import NOW


@pytest.fixture
def at_ten():
    """It is Monday, 10:00 in Shanghai, and stays so."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
