"""The cases of the demo, which the first start of a fresh machine goes through."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings

from applications.models import Application, Job
from tests.web.desk import NOW
from waterdesk.core.models import Case, User
from waterdesk.web.demo import cases, people

pytestmark = pytest.mark.django_db
FOLDER = settings.BASE_DIR / "seeds" / "demo"


def told() -> tuple[dict[str, User], dict[str, Any]]:
    props = json.loads((FOLDER / "people.json").read_text(encoding="utf-8"))
    return people.make(props["staff"]), props


@pytest.mark.slow
def test_every_demo_case_goes_through_the_door(monkeypatch):
    monkeypatch.setattr(cases, "DAYS", 12)
    many = cases.play(*told(), NOW)
    assert Case.objects.count() == many
    # Where a line is laid, its construction comes before the meter.
    with_meter = Application.objects.filter(external_line=True, status="installed")
    laid = Job.objects.filter(case__in=with_meter, code="external", state="done")
    assert laid.count() == with_meter.count() > 0
