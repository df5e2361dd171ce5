from __future__ import annotations

import pytest

from tests.factories import MONDAY_0900, calling, customer, open_ticket, staff
from tickets.models import Ticket, place_of
from waterdesk.core import door
from waterdesk.core.errors import Invalid

pytestmark = pytest.mark.django_db


def faults(**over):
    with pytest.raises(Invalid) as refusal:
        open_ticket(**over)
    return set(refusal.value.fields)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("138 1234 5678", "13812345678"),
        ("+86-139-8765-4321", "13987654321"),
        ("8613812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("0731-8234 5678", "073182345678"),
        ("0731-82345678转801", "073182345678*801"),
        ("400-810-8888", "4008108888"),
        ("12345", "12345"),
        ("", ""),
        ("anonymous", ""),
    ],
)
def test_any_number_that_can_call_is_kept_in_one_form(said, kept):
    assert open_ticket(phone=said).phone == kept


@pytest.mark.parametrize("said", ["1381234567", "abc", "1" * 40, "<b>", "٠١٢٣٤٥٦٧٨٩"])
def test_a_number_nobody_can_call_from_is_refused(said):
    assert faults(phone=said) == {"phone"}


def test_every_field_at_fault_is_named_at_once():
    given = {"subtype": "meteor", "phone": "1", "address": "", "remark": " ", "calibre_mm": "wide"}
    assert faults(**given) == {"subtype", "phone", "address", "remark", "calibre_mm"}


@pytest.mark.parametrize("category", ["", None, "gossip", 7, ["repair"]])
def test_a_category_that_is_not_listed_is_refused(category):
    assert "category" in faults(category=category)


def test_only_a_repair_has_a_subtype_and_a_calibre():
    asked = {"category": "consultation", "subtype": "leak", "calibre_mm": "100"}
    assert faults(**asked) == {"subtype", "calibre_mm"}
    assert faults(subtype="") == {"subtype"}


def test_a_question_needs_no_address():
    assert open_ticket(category="consultation", subtype="", address="").area.code == "company"


@pytest.mark.parametrize(
    "remark",
    [
        "😀水没了👨‍👩‍👧",
        "䶮先生与𬱖女士家停水",
        "<script>alert(1)</script>",
        "第一行\n第二行",
        "字" * 2000,
    ],
)
def test_what_was_said_is_kept_to_the_letter(remark):
    assert Ticket.objects.get(pk=open_ticket(remark=remark).pk).remark == remark


def test_text_that_is_too_long_is_refused_and_what_cannot_be_kept_is_left_out():
    assert faults(remark="字" * 2001) == {"remark"}
    assert faults(address="字" * 201, name="字" * 61) == {"address", "name"}
    assert open_ticket(remark="水\x00没\ud800了").remark == "水没了"


@pytest.mark.parametrize(
    ("given", "area"),
    [
        ({"address": "朝阳路 9 号"}, "east-1"),
        ({"address": "城西区某处"}, "west"),
        ({"address": "火星"}, "company"),
        ({"address": "朝阳路 9 号", "area": "north-1"}, "north-1"),
    ],
)
def test_the_area_is_the_named_one_or_that_of_the_address_or_the_company(given, area):
    assert open_ticket(**given).area.code == area


def test_an_unknown_area_is_refused():
    assert faults(area="atlantis") == {"area"}


@pytest.mark.parametrize(
    ("over", "urgent"),
    [
        ({"subtype": "burst"}, True),
        ({"subtype": "burst", "urgent": False}, True),
        ({"subtype": "leak"}, False),
        ({"subtype": "leak", "urgent": True}, True),
        ({"subtype": "leak", "urgent": "no"}, False),
    ],
)
def test_a_burst_is_urgent_by_itself(over, urgent):
    assert open_ticket(**over).urgent is urgent


def test_a_customer_calls_from_the_own_verified_number_only():
    caller = customer("13811112222")
    assert open_ticket(by=caller, phone="", channel="web").phone == "13811112222"
    assert open_ticket(by=caller, phone="138 1111 2222", channel="web").phone == "13811112222"
    assert faults(by=caller, phone="13987654321") == {"phone"}
    caller.phone_verified = False
    assert faults(by=caller, phone="13811112222") == {"phone"}


def test_everybody_of_the_utility_may_log_a_call():
    for role in ("agent", "clerk", "field", "lead", "supervisor", "admin"):
        ticket = open_ticket(by=staff(role))
        assert ticket.opened_by.role == role


def test_the_record_begins_with_what_the_promises_were_chosen_by():
    ticket = open_ticket(subtype="burst", calibre_mm="DN300", address="北郊区青山镇")
    said = ticket.events.get(action="open").data
    assert said["subject"] == "repair.burst"
    assert (said["calibre"], said["outskirts"], said["night"]) == (300, True, False)
    assert not {"phone", "name", "address"} & set(said)


@pytest.mark.parametrize("written", ["朝阳路9号", " 朝阳路 ９ 号", "朝阳路-9-号。"])
def test_one_address_is_one_place_however_it_is_written(written):
    assert place_of(written) == place_of("朝阳路 9 号")


def test_the_same_key_finds_the_same_ticket_and_another_body_is_refused():
    agent = staff("agent")

    def once(remark, key="k"):
        given = {"category": "praise", "remark": remark}
        draft = calling.draft(given, by=agent, channel="hotline")
        body = door.Key("hotline:1", key, {"remark": remark})
        return door.open_once(draft, body, actor=agent, at=MONDAY_0900)

    first, fresh = once("谢谢")
    again, repeated = once("谢谢")
    assert (fresh, repeated) == (True, False)
    assert again.number == first.number
    with pytest.raises(door.Conflict):
        once("不谢")
    assert Ticket.objects.count() == 1
