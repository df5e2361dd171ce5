"""Imports go down only, and only the door writes. See the layers in README's tour of the code."""

from __future__ import annotations

import sys

import pytest
from django.contrib import admin
from django.test import RequestFactory

from applications.models import Application, Payment, Quote
from tests import architecture
from tests.architecture import Source
from tickets.models import Ticket
from waterdesk.core.models.cases import Case, Pause
from waterdesk.core.models.clocks import Clock, Crossing
from waterdesk.core.models.people import User
from waterdesk.core.models.photos import Photo
from waterdesk.core.models.record import Event

# From the roof to the ground; what shares a line never imports its neighbour.
LAYERS: list[list[str]] = [
    [
        "waterdesk.urls",
        "waterdesk.celery",
        "waterdesk.wsgi",
        "waterdesk.settings",
        "waterdesk.apps",
    ],
    ["waterdesk.web"],
    ["applications", "tickets"],
    ["waterdesk.core"],
    ["notifications", "waterdesk.sla", "waterdesk.papers"],
]
APART = "waterdesk.services"
DEPTH = {name: depth for depth, names in enumerate(LAYERS) for name in names}
ENTRY = 0

GUARDED = (Case, Application, Ticket, Pause, Photo, Clock, Crossing, Event, Quote, Payment)
VIEW_ONLY = {"add": False, "change": False, "delete": False, "view": True}
# The door and what it is made of.
WRITERS = {
    f"waterdesk.core.{name}"
    for name in (
        "door",
        "turn",
        "clocks",
        "sweep",
        "recompute",
        "rewriting",
        "moved",
        "lapses",
        "late",
        "record",
        "bulk",
    )
}


def part_of(module: str) -> str:
    """Which part of the house a module belongs to; the empty text for what is not ours."""
    parts = [name for name in [*DEPTH, APART] if f"{module}.".startswith(f"{name}.")]
    return max(parts, key=len, default="")


def may_import(importer: str, imported: str) -> bool:
    mine, theirs = part_of(importer), part_of(imported)
    if not theirs or mine == theirs:
        return True
    if APART in (mine, theirs):
        return False
    if not mine:  # the package waterdesk itself
        return False
    return DEPTH[mine] == ENTRY or DEPTH[mine] < DEPTH[theirs]


def wrong_imports(source: Source) -> list[str]:
    return [
        f"{source.name}:{line} imports {module}"
        for line, module in architecture.imports(source)
        if not may_import(source.name, module)
    ]


def wrong_writes(source: Source) -> list[str]:
    if source.name in WRITERS:
        return []
    return [f"{source.name}:{line} {what}" for line, what in architecture.writes(source)]


def test_imports_go_down_only():
    assert [wrong for source in architecture.sources() for wrong in wrong_imports(source)] == []


def test_the_arithmetic_stands_on_the_standard_library_alone():
    foreign = [
        f"{source.name}:{line} imports {module}"
        for source in architecture.sources()
        for line, module in architecture.imports(source)
        if part_of(source.name) == "waterdesk.sla"
        and part_of(module) != "waterdesk.sla"
        and module.split(".")[0] not in sys.stdlib_module_names
    ]
    assert foreign == []


def test_only_the_door_writes():
    assert [wrong for source in architecture.sources() for wrong in wrong_writes(source)] == []


def test_the_admin_shows_such_rows_and_changes_none(rf: RequestFactory, admin_user: User):
    request = rf.get("/admin/")
    request.user = admin_user
    shown = [site for model, site in admin.site._registry.items() if issubclass(model, GUARDED)]
    assert shown
    assert [site.get_model_perms(request) for site in shown] == [VIEW_ONLY] * len(shown)
    assert [site.get_actions(request) for site in shown] == [{}] * len(shown)


def test_every_part_of_the_house_is_looked_at():
    seen = {part_of(source.name) for source in architecture.sources()}
    assert seen >= {*DEPTH, APART}


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("applications.views", "from tickets.models import Ticket"),
        ("tickets.flow", "def f() -> None:\n    import applications.models"),
        ("waterdesk.core.door", "from waterdesk.web import board"),
        ("waterdesk.core.api.cases", "from ...web import board"),
        ("waterdesk.core.door", "from waterdesk import web"),
        ("waterdesk.core.policy", "import_module('applications.models')"),
        ("notifications.outbox", "from waterdesk.core.models import User"),
        ("notifications.outbox", "from waterdesk import settings"),
        ("waterdesk.sla.clock", "import notifications"),
        ("waterdesk.papers.printing", "from waterdesk.core import wording"),
        ("waterdesk.web.board", "from waterdesk.services import run"),
        ("waterdesk.web.board", "from waterdesk.celery import app"),
        ("waterdesk.urls", "import waterdesk.services.run"),
        ("waterdesk.services.run", "import waterdesk.core.door"),
    ],
)
def test_an_import_that_goes_up_or_aside_is_found(module: str, text: str):
    assert len(wrong_imports(Source.of(module, text))) == 1


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("waterdesk.web.board", "from applications.models import Application"),
        ("tickets.flow", "from waterdesk.core import flow"),
        ("waterdesk.core.door", "from . import clocks\nfrom waterdesk import __version__"),
        ("waterdesk.urls", "from waterdesk.web.views import home"),
    ],
)
def test_an_import_that_goes_down_is_let_be(module: str, text: str):
    assert wrong_imports(Source.of(module, text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "anything.status = 'closed'",
        "a, b.status = 1, 2",
        "setattr(thing, 'status', 'closed')",
        "rows.filter(pk=1).update(status='closed')",
        "Case.objects.create(number='1')",
        "Ticket.objects.filter(number='1').update(urgent=True)",
        "Application.objects.bulk_update(rows, ['use'])",
        "case.save()",
        "self.ticket.save(update_fields=['remark'])",
        "found = Case.objects.get(number='1')\nfound.save()",
        "for row in Clock.objects.all():\n    row.delete()",
        "def f(thing: Application | None) -> None:\n    thing.save()",
        "one.clocks.filter(state='running').delete()",
        "user.cases_in_hand.update(handler=None)",
        "Event.objects.bulk_create([])",
        "bulk.update_many(Clock, rows, ['next_at'])",
        "update_many(Clock, rows, ['next_at'])",
        "Payment.objects.create(reference='1')",
        "case.quotes.all().delete()",
        "cursor.execute('UPDATE core_case SET handler_id = NULL')",
        "cursor.execute('delete from core_event')",
        "async def f() -> None:\n    await case.asave()",
    ],
)
def test_a_write_past_the_door_is_found(text: str):
    assert wrong_writes(Source.of("waterdesk.web.board", text)) != []


@pytest.mark.parametrize(
    "text",
    [
        "case = door.open_case(draft, actor=user, at=now)",
        "draft = Application(name='张三')",
        "if case.status == 'closed': pass",
        "form.save()",
        "user.save()",
        "seen.update(fresh)",
        "cases = Case.objects.filter(status='closed')",
        "cursor.execute('SELECT 1 FROM core_case FOR UPDATE')",
    ],
)
def test_what_does_not_write_is_let_be(text: str):
    assert wrong_writes(Source.of("waterdesk.web.board", text)) == []


def test_the_door_itself_may_write():
    assert wrong_writes(Source.of("waterdesk.core.door", "case.save()")) == []
