"""The contract is made by itself when the water is on, and what it says stays as it was."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from applications.contracts import printing, seeding
from applications.models import Contract, ContractTemplate
from tests.applications.contracts import METER, WATER_AT, contract_of, go, link_in, told, water
from tests.factories import DAY, HOUR, customer, staff
from tests.papers.reading import fonts_of, needs_poppler, text_of
from waterdesk.core import door
from waterdesk.core.errors import NotAllowed
from waterdesk.core.flow import allowed
from waterdesk.core.record import verify
from waterdesk.core.seeding import SeedError

pytestmark = pytest.mark.django_db

BUSINESS = {
    "applicant_kind": "organisation",
    "name": "株洲某某食品有限公司",
    "use": "non-residential",
    "calibre_mm": 40,
    "uscc": "91350100M000100Y43",
    "contact": "李经理",
}


def row(**over):
    return ContractTemplate(
        **{
            "code": "special",
            "version": 1,
            "title": "试验合同",
            "paragraphs": [{"heading": "一", "text": "{name}在{address}用水。"}],
            "remind_days": [3],
            "effective_from": WATER_AT - DAY,
            "source": "测试",
        }
        | over
    )


def test_the_water_brings_the_contract_and_the_customer_is_told():
    case = water()
    contract = contract_of(case)
    assert (contract.state, contract.made_at) == ("waiting", WATER_AT)
    assert (contract.template.code, contract.number) == ("household", f"{case.number}-H1")
    text = told(case, "contract.made.customer")
    assert len(text) == 1
    assert link_in(text[0]) == f"/track/{case.number}/contract/?key={contract.key}"


def test_the_record_has_the_digests_of_what_was_made():
    case = water()
    contract, made = contract_of(case), case.events.get(action="contract_made")
    assert made.data["contract"] == contract.number
    assert (made.data["template"], made.data["version"]) == ("household", 1)
    body = bytes(contract.papers.get().body)
    assert made.data["sha256"] == contract.sha256 == hashlib.sha256(body).hexdigest()
    assert list(verify(case.events)) == []


def test_the_version_of_the_template_is_not_taken_for_that_of_the_case():
    case = water()
    case.refresh_from_db()
    assert case.version == case.events.count()


def test_before_the_water_there_is_no_contract():
    case = water()
    assert Contract.objects.filter(case=case).count() == 1
    actions = [event.action for event in case.events]
    assert actions.index("contract_made") == actions.index("water_on") + 1


@needs_poppler
def test_the_paper_says_who_where_and_which_meter():
    case = water(name="张䶮𬱖", address="城东区朝阳路 8 号")
    body = printing.kept(contract_of(case), signed=False)
    text = text_of(body)
    said = ["张䶮𬱖", "城东区朝阳路8号", METER, case.phone, "居民生活", "DN20", "2026年11月16日"]
    assert [each for each in said if each not in text] == []
    assert {font["emb"] for font in fonts_of(body)} == {"yes"}
    assert "{" not in text


def test_a_company_gets_the_contract_for_its_use():
    contract = contract_of(water(**BUSINESS))
    assert contract.template.code == "business"
    assert "91350100M000100Y43" in contract.words["paragraphs"][0][1]


def test_the_template_that_says_most_is_taken_then_the_newest():
    classes = {"services": ["new-connection"], "classes": ["household"], "uses": ["residential"]}
    row(**classes).save()
    row(**classes, version=2, title="新版", effective_from=WATER_AT - HOUR).save()
    row(**classes, version=3, effective_from=WATER_AT + HOUR).save()
    assert contract_of(water()).template.version == 2


def test_where_no_template_fits_the_water_comes_all_the_same():
    ContractTemplate.objects.all().delete()
    case = water()
    assert case.status == "water_on"
    assert not Contract.objects.exists()


def test_an_edited_template_changes_no_contract():
    case = water()
    before = contract_of(case)
    ContractTemplate.objects.update(paragraphs=[{"heading": "", "text": "别的"}])
    after = contract_of(case)
    assert after.words == before.words
    assert printing.kept(after, signed=False) == printing.kept(before, signed=False)


def reopened(case, at):
    """Closed, taken up again because of the meter, and the water on anew."""
    plumber = staff("field", "east")
    go(case, "confirm", customer(), at)
    go(case, "reopen", customer(), at, status="surveyed")
    go(case, "install", plumber, at, meter_number="ZZ2026-2000")
    return go(case, "water_on", plumber, at)


def test_done_again_an_unsigned_contract_makes_room_for_one_with_the_new_meter():
    case = water()
    reopened(case, WATER_AT + DAY)
    contract = contract_of(case)
    assert contract.number == f"{case.number}-H2"
    assert contract.facts["meter"] == "ZZ2026-2000"
    assert Contract.objects.get(number=f"{case.number}-H1").state == "withdrawn"
    assert case.events.get(action="contract_withdrawn").data["contract"] == f"{case.number}-H1"


def test_with_the_case_its_unsigned_contract_goes():
    case = water()
    go(case, "confirm", customer(), WATER_AT + HOUR)
    go(case, "reopen", customer(), WATER_AT + HOUR, status="surveyed")
    go(case, "cancel", customer(), WATER_AT + 2 * HOUR)
    contract = Contract.objects.get(case=case)
    assert (contract.state, contract.withdrawn_at) == ("withdrawn", WATER_AT + 2 * HOUR)
    assert contract.remind_at is None


def test_the_database_lets_a_case_have_one_valid_contract():
    first = contract_of(water())
    copy = Contract(**{f.attname: getattr(first, f.attname) for f in Contract._meta.fields})
    copy.pk, copy.number = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_the_database_lets_nothing_be_signed_without_a_signature():
    water()
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.update(state="signed", remind_at=None)


@pytest.mark.parametrize("action", ["contract_made", "contract_signed", "contract_withdrawn"])
@pytest.mark.parametrize("role", ["clerk", "lead", "admin", "customer"])
def test_nobody_makes_these_moves_by_hand(action, role):
    case = water()
    person = {"customer": customer()}.get(role) or staff(role)
    assert action not in [move.action for move in allowed(person, case, WATER_AT)]
    with pytest.raises(NotAllowed):
        door.move(case.number, action, actor=person, at=WATER_AT + HOUR)


# --- what a template may say ----------------------------------------------------------------------
def test_a_placeholder_that_nobody_knows_is_refused_by_name():
    with pytest.raises(ValidationError, match=r"第 2 条有不认识的占位符：\{meter_no\}"):
        row(
            paragraphs=[{"heading": "", "text": "{name}"}, {"heading": "{meter_no}", "text": "x"}]
        ).full_clean()


@pytest.mark.parametrize(
    "over",
    [
        {"paragraphs": []},
        {"paragraphs": {"text": "x"}},
        {"paragraphs": [{"heading": "x"}]},
        {"paragraphs": [{"text": 1}]},
        {"paragraphs": [{"text": "{name"}]},
        {"remind_days": [7, 3]},
        {"remind_days": ["3"]},
        {"remind_days": [0]},
        {"remind_days": 3},
        {"services": "new-connection"},
        {"effective_until": WATER_AT - timedelta(days=2)},
    ],
)
def test_what_cannot_be_read_is_refused(over):
    with pytest.raises(ValidationError):
        row(**over).full_clean()


def test_a_file_with_an_unknown_placeholder_is_refused_naming_row_and_name(tmp_path):
    said = {
        "code": "x", "version": 3, "title": "x", "effective_from": "2026-01-01T00:00:00+08:00",
        "paragraphs": [{"heading": "", "text": "{nobody}"}], "source": "x",
    }  # fmt: skip
    (tmp_path / "contracts.json").write_text(json.dumps([said]), "utf-8")
    with pytest.raises(SeedError, match=r"contracts.json x v3: .*\{nobody\}"):
        seeding.load(tmp_path)


def test_the_seeds_are_added_once(settings):
    assert seeding.load(settings.BASE_DIR / "seeds") == 0
