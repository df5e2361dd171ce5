"""It is Monday, and the seeds' articles hold."""

from __future__ import annotations

import pytest
import time_machine

from tests.factories import MONDAY_0900, staff
from tests.tickets.knowledge.articles import (
    TODAY,
    signed_in,
)
from tickets.knowledge import index
from tickets.models import Article


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_0900, tick=False):
        # The seeds were loaded on the day of the run, which is later.
        Article.objects.update(valid_from=TODAY, reviewed_on=TODAY)
        index.forget()
        yield
    index.forget()


@pytest.fixture
def agent():
    return signed_in(staff("agent"))


@pytest.fixture
def lead():
    return signed_in(staff("lead"))
