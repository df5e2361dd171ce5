from __future__ import annotations

import json
import shutil

import pytest
from django.core.exceptions import ValidationError

from tests.conftest import SEEDS
from waterdesk.core import seeding
from waterdesk.core.models import Ladder, Promise, Utility, WorkCalendar

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SEEDS, tmp_path / "seeds")


def rewrite(folder, name, change):
    path = folder / f"{name}.json"
    rows = json.loads(path.read_text())
    change(rows)
    path.write_text(json.dumps(rows, ensure_ascii=False))


def test_loading_again_adds_nothing():
    assert sum(seeding.load(SEEDS).values()) == 0


def test_what_the_utility_edited_stays(folder):
    Promise.objects.filter(code="respond").update(amount=7)
    Utility.objects.update(hotline="12345")
    seeding.load(folder)
    assert Promise.objects.filter(code="respond").values_list("amount", flat=True)[0] == 7
    assert Utility.objects.get().hotline == "12345"


def test_what_the_utility_edited_goes_when_told_so(folder):
    Utility.objects.update(hotline="12345")
    seeding.load(folder, update=True)
    assert Utility.objects.get().hotline == "96390"


def test_every_promise_names_its_source():
    assert not Promise.objects.filter(source="").exists()


def test_an_empty_calendar_is_refused_by_name(folder):
    rewrite(folder, "calendars", lambda rows: rows.append({"code": "never", "weekly": {"mon": []}}))
    WorkCalendar.objects.filter(code="never").delete()
    with pytest.raises(seeding.SeedError, match="never"):
        seeding.load(folder)


def test_an_unknown_pause_reason_is_refused_by_name(folder):
    rewrite(folder, "promises", lambda rows: rows[0].update(pause_reasons=["siesta"]))
    with pytest.raises(seeding.SeedError, match="siesta"):
        seeding.load(folder)


def test_a_broken_file_is_refused_by_name_and_line_and_loads_nothing(folder):
    (folder / "subjects.json").write_text('[\n {"kind": "ticket",\n')
    with pytest.raises(seeding.SeedError, match=r"subjects.json line \d"):
        seeding.load(folder)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"unit": "weeks"}, "weeks"),
        ({"amount": "0"}, "时限"),
        ({"conditions": {"mood": "bad"}}, "mood"),
        ({"ladder": "rope"}, "rope"),
        ({"conditions": {"service": "new-connection", "use": "special"}}, "空缺|同样具体"),
    ],
)
def test_a_promise_that_cannot_stand_is_refused_by_file_name_and_code(folder, change, named):
    Promise.objects.filter(kind="application").delete()
    rewrite(folder, "promises", lambda rows: rows[0].update(change))
    with pytest.raises(seeding.SeedError, match=rf"promises.json 两环节.*({named})"):
        seeding.load(folder)
    assert not Promise.objects.filter(kind="application").exists()


def test_two_promises_between_which_nothing_decides_are_refused(folder):
    row = {"name": "又一个", "conditions": {"category": "repair", "night": False}}
    rewrite(folder, "promises", lambda rows: rows.append(rows[4] | row))
    with pytest.raises(seeding.SeedError, match=r"promises.json 又一个 \(arrive\)"):
        seeding.load(folder)


def test_a_promise_without_a_limit_is_refused_by_name(folder):
    rewrite(folder, "promises", lambda rows: rows[0].pop("amount"))
    with pytest.raises(seeding.SeedError, match=r"promises.json 两环节.*amount"):
        seeding.load(folder)


@pytest.mark.parametrize(
    ("rung", "named"),
    [
        ({"level": 50, "tell": ["boss"]}, "boss"),
        ({"level": 50, "tell": ["lead"], "effect": "explode"}, "explode"),
        ({"level": 80, "tell": ["lead"]}, "doubled"),
    ],
)
def test_a_bad_ladder_is_refused_by_name(folder, rung, named):
    rewrite(folder, "ladders", lambda rows: rows[0]["levels"].insert(0, rung))
    with pytest.raises(seeding.SeedError, match=rf"standard: .*{named}"):
        seeding.load(folder)


def test_acceptance_by_default_is_refused_where_the_promise_does_not_allow_it(folder):
    silent = {
        "code": "silent",
        "name": "默许",
        "levels": [{"level": 100, "tell": ["lead"], "effect": "accept"}],
    }
    rewrite(folder, "ladders", lambda rows: rows.append(silent))
    rewrite(folder, "promises", lambda rows: rows[0].update(ladder="silent"))
    with pytest.raises(seeding.SeedError, match="silent accepts by default"):
        seeding.load(folder)
    rewrite(folder, "promises", lambda rows: rows[0].update(accepts=True))
    seeding.load(folder)


def test_the_admin_refuses_the_same_ladders():
    ladder = Ladder(code="odd", name="怪", levels=[{"level": 50, "tell": ["boss"]}])
    with pytest.raises(ValidationError, match="boss"):
        ladder.full_clean()
    standard = Ladder.objects.get(code="standard")
    standard.levels = [{"level": 100, "tell": ["lead"], "effect": "accept"}]
    with pytest.raises(ValidationError, match="不允许超时默许"):
        standard.full_clean()
    standard.save()
    promise = Promise.objects.filter(ladder=standard).first()
    with pytest.raises(ValidationError, match="超时默许"):
        promise.full_clean()


@pytest.mark.parametrize("weekly", [{}, {"mon": []}])
def test_a_calendar_that_opens_no_more_is_refused_by_name(folder, weekly):
    rewrite(folder, "calendars", lambda rows: rows[0].update(weekly=weekly, code="shut"))
    with pytest.raises(seeding.SeedError, match=r"calendars\.json shut"):
        seeding.load(folder)
