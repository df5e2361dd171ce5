"""The customer signs what was read, with the code that came to the phone; nobody else can."""

from __future__ import annotations

import hashlib
import threading

import pytest
import time_machine
from django.db import connection
from django.test import Client

from applications.contracts import printing
from applications.models import Contract, ContractPaper, SigningCode
from notifications.models import Message
from tests.applications.contracts import (
    WATER_AT,
    asked,
    contract_of,
    go,
    link_in,
    page_of,
    reader,
    signs,
    told,
    water,
)
from tests.factories import DAY, HOUR, MINUTE, customer, staff
from tests.papers.reading import needs_poppler, text_of
from tests.web.desk import client_of
from tests.web.desk import text_of as words_of
from waterdesk.core.record import verify

pytestmark = pytest.mark.django_db

LATER = WATER_AT + HOUR


@pytest.fixture(autouse=True)
def clock():
    """An hour after the water, and it stays so unless a test shifts it."""
    with time_machine.travel(LATER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def codes(monkeypatch):
    """The codes that are drawn, one after the other."""
    drawn = iter([111, 222, 333])
    monkeypatch.setattr("applications.contracts.signing.secrets.randbelow", lambda _n: next(drawn))


# --- reading ----------------------------------------------------------------------------------
def test_the_link_of_the_message_opens_the_whole_contract_without_any_login():
    case = water()
    client = Client()
    answer = client.get(link_in(told(case, "contract.made.customer")[0]))
    assert (answer.status_code, answer.url) == (302, page_of(case))
    page = words_of(client.get(page_of(case)))
    assert "城东区朝阳路 8 号" in page
    assert "张三" in page
    assert "签署前照常供水" in page


def test_four_digits_show_the_contract_but_not_whose_it_is():
    case = water()
    client = Client()
    client.post("/track/", {"number": case.number, "tail": case.phone[-4:]})
    page = words_of(client.get(page_of(case)))
    assert "供水质量" in page
    assert [each for each in ("张三", "朝阳路", case.phone) if each in page] == []
    assert client.get(page_of(case, "pdf/")).status_code == 403
    assert client.post(page_of(case, "code/")).status_code == 403
    assert signs(client, case, "123456").status_code == 403


def test_the_link_can_be_sent_again_to_the_phone_and_to_no_other():
    case = water()
    client = Client()
    client.post("/track/", {"number": case.number, "tail": case.phone[-4:]})
    assert client.post(page_of(case, "link/")).status_code == 302
    sent = Message.objects.filter(key="contract.reminder.customer")
    assert [each.address for each in sent] == [case.phone]


def test_the_customer_who_has_signed_in_reads_it_all():
    case = water()
    assert "朝阳路" in words_of(client_of(customer()).get(page_of(case)))


def test_who_knows_nothing_is_sent_to_the_look_up():
    case = water()
    answer = Client().get(page_of(case))
    assert (answer.status_code, answer.url) == (302, f"/track/{case.number}/")
    assert Client().get(page_of(case) + "?key=wrong").status_code == 400
    assert client_of(customer("13900000000")).get(page_of(case, "pdf/")).status_code == 404


def test_the_key_of_one_contract_opens_no_other():
    mine = water()
    other = water(phone="13900000001", address="城东区朝阳路 10 号")
    client = Client()
    client.get(page_of(other) + f"?key={contract_of(mine).key}")
    assert client.get(page_of(other)).status_code == 302
    assert client.get(page_of(other, "pdf/")).status_code == 404


@needs_poppler
def test_what_is_downloaded_is_what_the_page_says():
    case = water()
    answer = reader(case).get(page_of(case, "pdf/"))
    assert answer["Content-Type"] == "application/pdf"
    assert hashlib.sha256(answer.content).hexdigest() == contract_of(case).sha256
    for heading, text in contract_of(case).words["paragraphs"]:
        assert "".join((heading + text).split())[:200] in text_of(answer.content)


# --- signing ----------------------------------------------------------------------------------
def test_the_code_signs_it_and_the_record_says_which_text():
    case = water()
    client = reader(case)
    answer = signs(client, case, asked(client, case))
    assert (answer.status_code, answer.url) == (302, page_of(case))
    contract = contract_of(case)
    assert (contract.state, contract.signed_at) == ("signed", LATER)
    assert contract.signed_phone == "138****5678"
    event = case.events.get(action="contract_signed")
    assert event.data["contract"] == contract.number
    assert (event.data["sha256"], event.data["version"]) == (contract.sha256, 1)
    assert list(verify(case.events)) == []
    assert len(told(case, "application.contract_signed.customer")) == 1


@needs_poppler
def test_the_signed_paper_has_time_number_and_digest():
    case = water()
    client = reader(case)
    signs(client, case, asked(client, case))
    body = client.get(page_of(case, "pdf/")).content
    contract = contract_of(case)
    assert hashlib.sha256(body).hexdigest() == contract.signed_sha256 != contract.sha256
    text = text_of(body)
    assert "短信验证码签署：138****5678" in text
    assert "2026-11-1612:00:00" in text
    assert contract.sha256 in text


def test_signing_the_same_again_changes_nothing():
    case = water()
    client = reader(case)
    code = asked(client, case)
    signs(client, case, code)
    version = contract_of(case).case.version
    assert signs(client, case, code).status_code == 302
    assert signs(client, case, "").status_code == 302
    assert contract_of(case).case.version == version
    assert case.events.filter(action="contract_signed").count() == 1


def test_another_text_than_the_one_signed_is_refused():
    case = water()
    client = reader(case)
    code = asked(client, case)
    signs(client, case, code)
    answer = signs(client, case, code, sha256="0" * 64)
    assert answer.status_code == 409
    assert "另一份文本" in words_of(answer)


@pytest.mark.parametrize("over", [{"sha256": "0" * 64}, {"version": "2"}, {"sha256": ""}])
def test_what_was_not_read_is_not_signed(over):
    case = water()
    client = reader(case)
    answer = signs(client, case, asked(client, case), **over)
    assert answer.status_code == 409
    assert "重新阅读" in words_of(answer)
    assert contract_of(case).state == "waiting"


def test_a_contract_made_anew_meanwhile_is_to_be_read_first(clock):
    case = water()
    client = reader(case)
    old = contract_of(case)
    plumber = staff("field", "east")
    go(case, "confirm", customer(), LATER)
    go(case, "reopen", customer(), LATER, status="surveyed")
    go(case, "install", plumber, LATER, meter_number="ZZ2026-2000")
    go(case, "water_on", plumber, LATER)
    client = reader(case)
    answer = signs(client, case, asked(client, case), sha256=old.sha256)
    assert answer.status_code == 409
    assert contract_of(case).state == "waiting"


def test_of_a_cancelled_case_nothing_is_signed():
    case = water()
    client = reader(case)
    code = asked(client, case)
    form = {"code": code, "sha256": contract_of(case).sha256, "version": 1}
    go(case, "confirm", customer(), LATER)
    go(case, "reopen", customer(), LATER, status="surveyed")
    go(case, "cancel", customer(), LATER)
    answer = client.post(page_of(case, "sign/"), form)
    assert answer.status_code == 409
    assert "已撤回" in words_of(answer)


def test_a_closed_case_may_still_be_signed():
    case = water()
    go(case, "confirm", customer(), LATER)
    client = reader(case)
    assert signs(client, case, asked(client, case)).status_code == 302
    case.refresh_from_db()
    assert (case.status, contract_of(case).state) == ("closed", "signed")


# --- codes ------------------------------------------------------------------------------------
def test_a_wrong_code_says_how_often_it_may_still_be_tried():
    case = water()
    client = reader(case)
    code = asked(client, case)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert "还可以再试 4 次" in words_of(signs(client, case, wrong))
    last = [words_of(signs(client, case, wrong)) for _again in range(4)][-1]
    assert "已输错 5 次" in last
    assert "已输错 5 次" in words_of(signs(client, case, code))
    assert contract_of(case).state == "waiting"


def test_a_code_is_good_for_ten_minutes(clock):
    case = water()
    client = reader(case)
    code = asked(client, case)
    clock.move_to(LATER + 10 * MINUTE)
    answer = signs(client, case, code)
    assert answer.status_code == 400
    assert "验证码已失效" in words_of(answer)


def test_a_new_code_makes_the_old_one_void(clock, codes):
    case = water()
    client = reader(case)
    assert asked(client, case) == "000111"
    clock.move_to(LATER + 2 * MINUTE)
    assert asked(client, case) == "000222"
    assert signs(client, case, "000111").status_code == 400
    assert signs(client, case, "000222").status_code == 302


def test_a_code_typed_in_full_width_digits_and_blanks_is_the_code():
    case = water()
    client = reader(case)
    code = asked(client, case)
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert signs(client, case, f" {wide[:3]} {wide[3:]} ").status_code == 302


def test_a_code_is_for_one_contract_alone(codes):
    mine, other = water(), water(phone="13900000001", address="城东区朝阳路 10 号")
    theirs = reader(other)
    code = asked(reader(mine), mine)
    asked(theirs, other)
    assert signs(theirs, other, code).status_code == 400
    assert contract_of(other).state == "waiting"


def test_the_code_is_kept_nowhere_in_clear(clock):
    case = water()
    code = asked(reader(case), case)
    row = SigningCode.objects.get()
    assert code not in (row.digest, row.nonce)
    assert row.digest != hashlib.sha256(f"{row.nonce}:{code}".encode()).hexdigest()
    assert Message.objects.get(key="contract.code").secret


def test_codes_are_not_sent_one_after_the_other(clock):
    case = water()
    client = reader(case)
    asked(client, case)
    assert client.post(page_of(case, "code/")).status_code == 429
    for minutes in (2, 4, 6, 8):
        clock.move_to(LATER + minutes * MINUTE)
        asked(client, case)
    clock.move_to(LATER + 10 * MINUTE)
    assert client.post(page_of(case, "code/")).status_code == 429


@pytest.mark.parametrize("role", ["agent", "clerk", "lead", "admin"])
def test_staff_read_it_and_cannot_sign_even_with_the_customers_code(role):
    case = water()
    code = asked(reader(case), case)
    desk = client_of(staff(role))
    assert desk.get(page_of(case)).status_code == 200
    assert desk.post(page_of(case, "code/")).status_code == 403
    answer = signs(desk, case, code)
    assert answer.status_code == 403
    assert "不能代签" in words_of(answer)
    assert contract_of(case).state == "waiting"


# --- two at once ------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed")
def test_two_taps_at_once_sign_once():
    case = water()
    client = reader(case)
    code = asked(client, case)
    answers = []

    def tap():
        answers.append(signs(client, case, code).status_code)
        connection.close()

    taps = [threading.Thread(target=tap) for _each in range(2)]
    [each.start() for each in taps]
    [each.join() for each in taps]
    assert 302 in answers
    assert case.events.filter(action="contract_signed").count() == 1
    assert ContractPaper.objects.filter(signed=True).count() == 1


# --- whoever changes what is kept is found out --------------------------------------------------
def changed_facts(contract):
    contract.facts["name"] = "别人"
    Contract.objects.filter(pk=contract.pk).update(facts=contract.facts)


def changed_words(contract):
    contract.words["paragraphs"][3][1] = "水费另议。"
    Contract.objects.filter(pk=contract.pk).update(words=contract.words)


def changed_paper(contract):
    ContractPaper.objects.filter(contract=contract).update(body=b"%PDF-1.4 other")


def changed_paper_and_its_digest(contract):
    changed_paper(contract)
    digest = hashlib.sha256(b"%PDF-1.4 other").hexdigest()
    Contract.objects.filter(pk=contract.pk).update(sha256=digest)


CHANGES = [changed_facts, changed_words, changed_paper, changed_paper_and_its_digest]


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_refused_and_logged(change, caplog):
    case = water()
    client = reader(case)
    change(contract_of(case))
    answer = client.get(page_of(case, "pdf/"))
    assert answer.status_code == 409
    assert "与留痕不符" in words_of(answer)
    assert contract_of(case).number in caplog.text


@pytest.mark.parametrize("change", [changed_facts, changed_words, changed_paper_and_its_digest])
def test_what_was_changed_is_neither_shown_nor_signed(change):
    case = water()
    client = reader(case)
    code = asked(client, case)
    change(contract_of(case))
    assert client.get(page_of(case)).status_code == 409
    assert signs(client, case, code).status_code == 409
    assert contract_of(case).state == "waiting"


def test_a_signed_paper_that_was_changed_with_its_digest_is_found_out():
    case = water()
    client = reader(case)
    signs(client, case, asked(client, case))
    contract = contract_of(case)
    changed_paper(contract)
    digest = hashlib.sha256(b"%PDF-1.4 other").hexdigest()
    Contract.objects.filter(pk=contract.pk).update(signed_sha256=digest)
    assert client.get(page_of(case, "pdf/")).status_code == 409
    with pytest.raises(printing.Tampered):
        printing.kept(contract_of(case), signed=True)


def test_the_day_after_the_signed_one_is_still_there(clock):
    case = water()
    client = reader(case)
    signs(client, case, asked(client, case))
    clock.move_to(LATER + DAY)
    page = client.get(page_of(case))
    assert "合同已签署" in words_of(page)
    assert client.get(page_of(case, "pdf/")).status_code == 200
