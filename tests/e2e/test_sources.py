"""From the application to its facts: a real worker, real commits, the sources on loopback."""

from __future__ import annotations

import pytest
from django.utils import timezone

from applications.models import FetchedFact
from tests.applications.sources.conftest import fresh_cache, sources  # noqa: F401  fixtures
from tests.applications.sources.far_end import KEY
from tests.e2e.conftest import until
from tests.factories import open_application

pytestmark = pytest.mark.slow


def connected(far_end):
    """The environment of a worker that knows these sources."""
    names = ("identity", "property", "arrears")
    urls = {f"{name.upper()}_URL": f"{far_end.url}/{name}" for name in names}
    return urls | {f"{name.upper()}_KEY": KEY for name in names}


@pytest.mark.usefixtures("fresh_cache")
def test_the_nudge_of_an_application_has_its_facts_fetched(machinery, sources):  # noqa: F811
    machinery.worker(**connected(sources))
    case = open_application(at=timezone.now())
    until(lambda: FetchedFact.objects.filter(case=case).count() == 3)
    assert {row.outcome for row in case.fetched.all()} == {"known"}
    until(lambda: case.events.filter(action="facts_came").exists())
