"""A profile that cannot be loaded is refused by file and row, and changes nothing."""

from __future__ import annotations

import json
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from applications.models import ServiceRow
from tests.conftest import SEEDS
from tests.factories import MONDAY_0900
from waterdesk.core.models import Promise, Utility
from waterdesk.core.seeding import SeedError
from waterdesk.web.profiles.loading import load
from waterdesk.web.profiles.standing import standing

pytestmark = pytest.mark.django_db
ROW = {"kind": "application", "code": "two-step"}
LARGE = {"service": "new-connection", "external_line": True, "calibre_gte": 100}


@pytest.fixture
def seeds(tmp_path):
    """The seeds with one more profile, `ours`, that says nothing yet."""
    folder = shutil.copytree(SEEDS, tmp_path / "seeds")
    shutil.copytree(folder / "profiles" / "zhuzhou", folder / "profiles" / "ours")
    (folder / "profiles" / "ours" / "services").mkdir()
    return folder


def say(seeds, name, said) -> None:
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, indent=1)
    (seeds / "profiles" / "ours" / f"{name}.json").write_text(text, encoding="utf-8")


REFUSED = [
    ("areas", '[\n {"code":\n', r"profiles/ours/areas\.json line \d"),
    ("weather", [], r"profiles/ours/weather\.json: a profile has no such file"),
    ("profile", {"name": "我们"}, r"profiles/ours/profile\.json: “source” is missing"),
    ("utility", {"motto": "水"}, r"profiles/ours/utility\.json nobody knows “motto”"),
    ("areas", [{"name": "无名"}], r"profiles/ours/areas\.json row 1: no 'code'"),
    ("areas", [{"code": "east", "parent": "moon"}], r"profiles/ours/areas\.json east: .*“moon”"),
    ("areas", [{"code": "east", "parent": "east"}], r"areas\.json east: .*stands under itself"),
    ("areas", [{"code": "east", "nmae": "城东"}], r"profiles/ours: .*nmae"),
    ("areas", [{"code": "x", "name": "新", "level": "grid"}], r"profiles/ours: Area: .*新"),
    ("areas", [{"code": "east", "calendar": "moon"}], r"profiles/ours: areas\.json east"),
    ("calendars", [{"code": "never", "name": "从不", "weekly": {"mon": []}}],
     r"profiles/ours: calendars\.json never"),
    ("calendars", [{"code": "office", "holidays": ["cn-1"]}], r"calendars\.json office: .*cn-1"),
    ("classes", [{"code": "small", "colour": "red"}], r"profiles/ours: classes\.json small"),
    ("promises", [ROW], r"profiles/ours: promises\.json"),
    ("promises", [ROW | {"conditions": {"area": "moon"}, "name": "远", "amount": 1,
                         "unit": "days"}], r"profiles/ours: promises\.json 远 .*moon"),
    ("promises", [ROW | {"conditions": LARGE, "drop": True}], r"promises\.json 两环节.*空缺"),
    ("promises", [ROW | {"conditions": LARGE, "amount": "0"}], r"promises\.json 两环节.*时限"),
    ("messages", [{"key": "a.b.c", "channel": "sms"}], r"profiles/ours: messages\.json"),
    ("services/new-connection", {"steps": [{"code": "water", "drop": True}]},
     r"profiles/ours/services/new-connection\.json line \d.*water"),
    ("services/new-connection", {"jobs": [{"code": "install", "needs": ["dig"]}]},
     r"profiles/ours/services/new-connection\.json line 2.*dig"),
    ("services/new-connection", {"jobs": [{"code": "dig", "drop": True}]},
     r"profiles/ours/services/new-connection\.json jobs row 1: .*not there to drop"),
    ("services/new-connection", {"refusals": ["boredom"]}, r"services/new-connection.*boredom"),
    ("services/new-connection", {"code": "other"}, r"its code is “other”"),
    ("services/new-connection", {"messages": {}}, r"go into messages\.json"),
    ("services/moonlight", {"name": "月光"}, r"profiles/ours/services/moonlight\.json line 1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "named"), REFUSED)
def test_it_is_refused_by_file_and_row_and_nothing_is_loaded(seeds, name, said, named):
    say(seeds, "utility", {"name": "半途供水公司"})
    say(seeds, name, said)
    before = standing()
    with pytest.raises(SeedError, match=f"(?s){named}"):
        load(seeds, "ours", MONDAY_0900)
    assert standing() == before
    assert set(Promise.objects.values_list("version", flat=True)) == {1}


def test_an_unknown_profile_is_refused_with_those_there_are():
    with pytest.raises(CommandError, match=r"no profile “moon”; there are: changsha, group"):
        call_command("load_seeds", profile="moon")


def test_a_promise_that_some_case_would_lose_is_refused(seeds):
    conditions = {"category": "consultation"}
    say(seeds, "promises", [{"kind": "ticket", "code": "answer", "conditions": conditions,
                             "drop": True}])  # fmt: skip
    with pytest.raises(SeedError, match=r"profiles/ours/promises\.json .*咨询答复"):
        load(seeds, "ours", MONDAY_0900)


def test_a_dry_run_says_what_would_change_and_changes_nothing():
    before, told = standing(), StringIO()
    call_command("load_seeds", profile="changsha", check=True, stdout=told)
    assert "utility name: 示例市供水公司 → 长沙示例供水公司" in told.getvalue()
    assert "0.5 days → 两环节通水（无外线） 3 workdays" in told.getvalue()
    assert "申请受理 → 装表通水" in told.getvalue()
    assert standing() == before


def test_the_command_loads_what_the_dry_run_said():
    dry, wet = StringIO(), StringIO()
    call_command("load_seeds", profile="group", check=True, stdout=dry)
    call_command("load_seeds", profile="group", stdout=wet)
    assert dry.getvalue().splitlines()[:-1] == wet.getvalue().splitlines()[:-1]
    assert Utility.objects.get().name == "示例水务集团"


def test_a_service_that_only_one_profile_has_is_added_and_stays(seeds):
    text = (SEEDS / "services" / "transfer.json").read_text(encoding="utf-8")
    say(seeds, "services/moonlight", text.replace('"transfer"', '"moonlight"'))
    load(seeds, "ours", MONDAY_0900)
    load(SEEDS, "zhuzhou", MONDAY_0900)
    assert ServiceRow.objects.get(code="moonlight").active


def test_a_service_can_make_another_promise(seeds):
    base = json.loads((SEEDS / "services" / "transfer.json").read_text(encoding="utf-8"))
    say(seeds, "services/transfer", {"promises": [base["promises"][0] | {"amount": "5"}]})
    load(seeds, "ours", MONDAY_0900)
    rows = Promise.objects.filter(conditions={"service": "transfer"}).order_by("version")
    assert [(row.amount, row.effective_until) for row in rows] == [(7, MONDAY_0900), (5, None)]
