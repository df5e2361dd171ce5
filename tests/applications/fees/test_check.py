"""Fee rules that contradict each other are refused by name: in the file and in the admin."""

from __future__ import annotations

import json
import shutil

import pytest
from django.test import Client
from django.utils import timezone

from applications.fees.check import check
from applications.fees.engine import INSIDE, Rules
from applications.fees.rules import rules
from applications.fees.seeding import load
from applications.models import FeePrice, FeeWaiver
from tests.applications.fees.test_engine import LAND, START, price, waiver
from tests.conftest import SEEDS
from waterdesk.core import policy
from waterdesk.core.seeding import SeedError

AREAS = {"company": ("company",), "east": ("east", "company")}


def told(*rows):
    prices = tuple(row for row in rows if hasattr(row, "price"))
    waivers = tuple(row for row in rows if hasattr(row, "waives"))
    return [(fault.field, str(fault)) for fault in check(Rules(prices, waivers), AREAS)]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (price(when={"mood": "bad"}), "conditions"),
        (price(when={"calibre_lt": "big"}), "conditions"),
        (price(when={"calibre_lt": [100]}), "conditions"),
        (price(when={"use": []}), "conditions"),
        (price(when={"external_line": "yes"}), "conditions"),
        (price(when=["calibre"]), "conditions"),
        (price(when={"area": "atlantis"}), "conditions"),
        (price(when=LAND), "conditions"),
        (price(when={"developer": True}), "conditions"),
        (price("pipe", "-1"), "price"),
        (waiver(when={"land": "2021-03-01"}), "conditions"),
        (waiver(when={"land_gte": "2021-3-1"}), "conditions"),
        (waiver(when={"land_gte": 20210301}), "conditions"),
        (waiver(when={"developer": "true"}), "conditions"),
        (waiver(items=["gold"]), "items"),
        (waiver(items=5), "items"),
    ],
)
def test_a_row_that_says_what_cannot_be_is_named(row, field):
    [(where, words)] = told(row)
    assert where == field
    assert f"{row.name} ({row.code})" in words


def test_two_prices_of_one_item_that_say_equally_much_tie():
    a = price(when={"calibre_lt": 100}, name="小口径")
    b = price(when={"use": "residential"}, name="居民")
    [(field, words)] = told(a, b)
    assert field == "conditions"
    assert "居民 (pipe)" in words
    assert "小口径 (pipe)" in words


def test_ranges_that_do_not_meet_do_not_tie():
    assert told(price(when={"calibre_lt": 100}), price(when={"calibre_gte": 100})) == []


def test_days_are_ranges_too():
    before, after = {"land_lt": "2021-03-01"}, {"land_gte": "2021-03-01"}
    assert told(waiver(when=before), waiver(when=after)) == []
    assert len(told(waiver(when={"land_lt": "2021-03-02"}), waiver(when=after))) == 1


def test_two_grounds_never_tie():
    assert told(waiver(), waiver("land", when=LAND)) == []


def test_a_row_that_says_more_settles_two_that_tie():
    rows = [waiver("one", when=LAND), waiver("one", when={"developer": True}, waives=False)]
    assert len(told(*rows)) == 1
    assert told(*rows, waiver("one", when=LAND | {"developer": True}, waives=False)) == []


def test_two_versions_that_begin_together_tie():
    assert len(told(price(name="一"), price(name="二"))) == 1
    later = START + timezone.timedelta(days=1)
    assert told(price(name="一"), price(name="二", effective_from=later)) == []


def test_an_item_lies_on_one_side():
    rows = [price(when={"calibre_lt": 100}), price(when={"calibre_gte": 100}, side=INSIDE)]
    assert [field for field, _words in told(*rows)] == ["side"]


# --- the file ---
@pytest.fixture
def folder(tmp_path):
    shutil.copy(SEEDS / "fees.json", tmp_path)

    def write(part, **row):
        said = json.loads((tmp_path / "fees.json").read_text("utf-8"))
        said[part].append(row)
        (tmp_path / "fees.json").write_text(json.dumps(said), "utf-8")
        return tmp_path

    return write


@pytest.mark.django_db
def test_loading_again_adds_nothing_and_keeps_what_was_edited():
    FeePrice.objects.filter(code="design").update(price=1)
    assert load(SEEDS) == 0
    assert FeePrice.objects.get(code="design").price == 1
    load(SEEDS, update=True)
    assert FeePrice.objects.get(code="design").price == 1500


@pytest.mark.django_db
def test_a_file_with_a_tie_is_refused_naming_the_row_and_loads_nothing(folder):
    row = {"code": "design", "name": "居民设计", "item": "设计", "unit": "项", "price": "1"}
    twin = row | {"name": "单位设计", "conditions": {"customer": "organisation"}, "source": "-"}
    folder("prices", **twin)
    bad = folder("prices", **row, conditions={"use": "residential"}, source="-")
    before = FeePrice.objects.count()
    with pytest.raises(SeedError, match=r"fees.json 居民设计 \(design\)"):
        load(bad)
    assert FeePrice.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "row"),
    [
        ("prices", {"code": "x", "name": "坏行", "item": "坏", "unit": "米", "price": "much"}),
        ("prices", {"name": "坏行", "item": "坏", "unit": "米", "price": "1"}),
        ("waivers", {"code": "x", "name": "坏行", "conditions": {"mood": 1}, "reason": "-"}),
        ("waivers", {"code": "x", "name": "坏行", "rhyme": "none"}),
    ],
)
def test_a_row_of_the_file_that_cannot_be_is_refused_by_name(folder, part, row):
    with pytest.raises(SeedError, match="坏行"):
        load(folder(part, **row, source="-"))


@pytest.mark.django_db
def test_a_broken_file_names_its_line(tmp_path):
    (tmp_path / "fees.json").write_text('{\n"prices": [,]}', "utf-8")
    with pytest.raises(SeedError, match=r"fees\.json line 2"):
        load(tmp_path)


@pytest.mark.django_db
def test_every_rule_of_the_file_names_its_source():
    rows = [*FeePrice.objects.all(), *FeeWaiver.objects.all()]
    assert [row.name for row in rows if not row.source] == []
    assert len(rows) == 13


# --- the admin ---
@pytest.fixture
def browser(admin_user):
    client = Client()
    client.force_login(admin_user, backend="waterdesk.web.accounts.backends.StaffPassword")
    return client


def posted(row, **over):
    return {
        "code": row.code,
        "name": row.name,
        "side": row.side,
        "conditions": json.dumps(row.conditions),
        "items": "[]",
        "waives": "on",
        "reason": row.reason,
        "version": "1",
        "effective_from_0": "2000-01-01",
        "effective_from_1": "00:00:00",
        "position": "0",
        "source": row.source,
    } | over


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"conditions": '{"mood": "bad"}'}, "小口径免收 (calibre)"),
        ({"items": '["gold"]'}, "gold"),
        ({"code": "land", "conditions": '{"calibre_lt": 100}'}, "新取得土地免收 (land)"),
    ],
)
def test_a_rule_that_cannot_stand_is_refused_at_the_form_naming_the_row(browser, over, words):
    row = FeeWaiver.objects.get(code="calibre")
    page = browser.post(f"/admin/applications/feewaiver/{row.pk}/change/", posted(row, **over))
    assert page.status_code == 200
    assert words in page.content.decode()
    row.refresh_from_db()
    assert row.conditions == {"calibre_lt": 100}


@pytest.mark.django_db
def test_an_edit_that_can_stand_is_kept_and_quoted_by_at_once(browser, settings):
    settings.POLICY_MAX_AGE = 0
    was = rules()
    row = FeeWaiver.objects.get(code="calibre")
    change = posted(row, conditions='{"calibre_lt": 80}')
    page = browser.post(f"/admin/applications/feewaiver/{row.pk}/change/", change)
    assert page.status_code == 302
    policy.look_again()
    assert rules() is not was
    assert [w.conditions for w in rules().waivers if w.code == "calibre"] == [{"calibre_lt": 80}]


@pytest.mark.django_db
def test_a_price_that_a_waiver_names_is_not_deleted(browser):
    FeeWaiver.objects.filter(code="calibre").update(items=["design"])
    row = FeePrice.objects.get(code="design")
    page = browser.post(f"/admin/applications/feeprice/{row.pk}/delete/", {"post": "yes"})
    assert "小口径免收" in page.content.decode()
    assert FeePrice.objects.filter(pk=row.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("model", ["quote", "payment"])
def test_quotes_and_payments_are_read_in_the_admin_and_not_written(browser, model):
    assert browser.get(f"/admin/applications/{model}/").status_code == 200
    assert browser.get(f"/admin/applications/{model}/add/").status_code == 403
