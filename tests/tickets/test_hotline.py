from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client

from tests.factories import HOUR, MONDAY_0900, customer, open_application, open_ticket, staff
from tickets.models import Ticket
from waterdesk.core import policy
from waterdesk.core.models import Subject

pytestmark = pytest.mark.django_db

URL = "/desk/hotline/"
BACKEND = "waterdesk.web.accounts.backends.StaffPassword"
LEAK = {
    "phone": "139 8765 4321",
    "name": "李四",
    "category": "repair",
    "subtype": "leak",
    "address": "城东区朝阳路 9 号",
    "remark": "门口漏水",
    "key": "k1",
}
QUESTION = {"phone": "", "category": "consultation", "remark": "水价多少", "key": "k2"}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_0900, tick=False) as clock:
        yield clock


def signed_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def agent():
    return signed_in(staff("agent"))


@pytest.fixture
def crew():
    return staff("field", "east-1")


def page(response):
    return response.content.decode()


def test_a_call_is_logged_and_its_number_can_be_read_out(agent):
    saved = agent.post(URL, LEAK, follow=True)
    ticket = Ticket.objects.get()
    assert saved.redirect_chain == [(f"/desk/cases/{ticket.number}/", 302)]
    assert (ticket.subject, ticket.phone, ticket.channel) == (
        "repair.leak",
        "13987654321",
        "hotline",
    )
    assert ticket.opened_by.username == "agent-company"
    assert ticket.opened_at == MONDAY_0900
    spoken = " ".join(
        (ticket.number[0], ticket.number[1:7], ticket.number[7:-1], ticket.number[-1])
    )
    assert spoken in page(saved)
    assert 'data-draft-done="hotline"' in page(saved)


def test_a_call_is_logged_and_somebody_sent_in_one_go(agent, crew):
    agent.post(URL, LEAK | {"handler": crew.username})
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.handler) == ("dispatched", crew)
    assert [event.action for event in ticket.events] == ["open", "dispatch"]


def test_a_question_is_answered_and_closed_in_one_go(agent):
    agent.post(URL, QUESTION | {"answer": "第一阶梯 2.58 元/立方米", "settle": "1"})
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.result) == ("closed", "第一阶梯 2.58 元/立方米")


def test_a_clerk_logs_what_is_said_at_the_counter():
    signed_in(staff("clerk")).post(URL, LEAK)
    assert Ticket.objects.get().channel == "counter"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"phone": "1234567890123"}, "phone"),
        ({"category": ""}, "category"),
        ({"category": "gossip"}, "category"),
        ({"subtype": ""}, "subtype"),
        ({"address": ""}, "address"),
        ({"address": "长" * 201}, "address"),
        ({"remark": ""}, "remark"),
        ({"remark": "长" * 2001}, "remark"),
        ({"area": "atlantis"}, "area"),
        ({"calibre_mm": "wide"}, "calibre_mm"),
        ({"handler": "nobody"}, "handler"),
        ({"answer": "好"}, "answer"),
    ],
    ids=str,
)
def test_a_field_at_fault_is_marked_and_nothing_that_was_typed_is_lost(agent, over, field):
    refused = agent.post(URL, LEAK | over)
    assert refused.status_code == 400
    assert field in refused.context["form"].errors
    assert "李四" in page(refused)
    assert Ticket.objects.count() == 0


def test_all_faults_are_marked_at_once(agent):
    wrong = {"phone": "1" * 13, "category": "repair", "area": "atlantis", "handler": "x" * 151}
    refused = agent.post(URL, wrong | {"answer": "长" * 2001})
    assert set(refused.context["form"].errors) == {
        "phone",
        "subtype",
        "address",
        "area",
        "remark",
        "handler",
        "answer",
    }


def test_answering_asks_for_the_answer_and_sends_nobody(agent, crew):
    asked = agent.post(URL, QUESTION | {"settle": "1"})
    assert "answer" in asked.context["form"].errors
    both = agent.post(URL, QUESTION | {"answer": "好", "handler": crew.username})
    assert "handler" in both.context["form"].errors
    complaint = agent.post(URL, QUESTION | {"category": "complaint", "answer": "好"})
    assert "answer" in complaint.context["form"].errors


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=1>'])
def test_what_a_caller_says_is_never_part_of_the_page(agent, text):
    saved = agent.post(URL, LEAK | {"remark": text, "name": text}, follow=True)
    assert text not in page(saved)
    assert Ticket.objects.get().remark == text
    refused = agent.post(URL, LEAK | {"remark": text, "name": text, "subtype": "", "key": "k9"})
    assert text not in page(refused)


def test_emoji_and_rare_characters_are_kept(agent):
    agent.post(URL, LEAK | {"name": "䶮𬱖", "remark": "😀没水"})
    assert (Ticket.objects.get().name, Ticket.objects.get().remark) == ("䶮𬱖", "😀没水")


def test_the_same_form_sent_twice_is_one_ticket_sent_to_one_person(agent, crew):
    form = LEAK | {"handler": crew.username}
    first, second = agent.post(URL, form), agent.post(URL, form)
    assert first.url == second.url
    ticket = Ticket.objects.get()
    assert [event.action for event in ticket.events] == ["open", "dispatch"]


def test_a_form_that_was_changed_and_sent_again_is_asked_about_once(agent):
    agent.post(URL, LEAK)
    changed = LEAK | {"remark": "后院也漏"}
    refused = agent.post(URL, changed)
    assert refused.status_code == 409
    assert Ticket.objects.count() == 1
    new_key = re.search(r'name="key" value="(\w+)"', page(refused))[1]
    agent.post(URL, changed | {"key": new_key})
    assert Ticket.objects.count() == 2


def test_somebody_who_left_meanwhile_is_no_longer_offered(agent, crew):
    crew.is_active = False
    crew.save()
    refused = agent.post(URL, LEAK | {"handler": crew.username})
    assert "handler" in refused.context["form"].errors


def test_a_number_brings_up_who_it_may_be_and_what_is_due(agent):
    ticket, application = open_ticket(), open_application(phone="13987654321", name="王五")
    found = page(agent.post(URL, {"phone": "139-8765-4321", "look": "1"}))
    assert ticket.number in found
    assert application.number in found
    assert "王五" in found
    assert "今天 09:15 到期" in found
    assert Ticket.objects.count() == 1


def test_a_number_nobody_can_have_and_one_that_never_called_say_so(agent):
    assert "电话号码不正确" in page(agent.post(URL, {"phone": "1" * 30, "look": "1"}))
    assert "第一次来电" in page(agent.post(URL, {"phone": "13800000000", "look": "1"}))


def test_an_agent_of_another_branch_learns_nothing_of_the_caller():
    ticket = open_ticket()
    found = signed_in(staff("agent", "west")).post(URL, {"phone": "13987654321", "look": "1"})
    assert ticket.number not in page(found)


def test_a_call_for_another_branch_is_taken_and_its_number_told():
    saved = signed_in(staff("agent", "west")).post(URL, LEAK, follow=True)
    assert saved.redirect_chain == [(URL, 302)]
    assert Ticket.objects.get().number[7:-1] in page(saved)


def test_the_address_brings_up_its_area_its_crew_and_what_is_known_already(agent, crew):
    other = staff("field", "west-1")
    ticket = open_ticket()
    found = page(agent.post(URL, LEAK | {"look": "1"}, headers={"hx-request": "true"}))
    assert "城东一网格" in found
    assert f'value="{crew.username}"' in found
    assert f'value="{other.username}"' not in found
    assert ticket.number in found
    assert "60 分钟" in found
    assert "<html" not in found
    assert 'hx-swap-oob="innerHTML"' in found


def test_what_the_caller_must_be_told_stands_beside_the_form(agent):
    burst = LEAK | {"subtype": "burst", "look": "1"}
    assert "请提醒来电人远离塌陷和积水处" in page(agent.post(URL, burst))


def test_an_answer_on_the_spot_is_offered_where_it_may_end_the_call(agent):
    offered = {
        category: 'name="settle"' in page(agent.post(URL, {"category": category, "look": "1"}))
        for category in ("consultation", "praise", "complaint", "repair", "")
    }
    assert [category for category, is_offered in offered.items() if is_offered] == [
        "consultation",
        "praise",
    ]


def test_the_tiles_stand_in_the_order_of_the_utilitys_list(agent):
    repair = Subject.objects.get(kind="ticket", code="repair")
    assert page(agent.get(URL)).index("报修") < page(agent.get(URL)).index("表扬")
    repair.position = 99
    repair.save()
    policy.forget()
    assert page(agent.get(URL)).index("报修") > page(agent.get(URL)).index("表扬")


def test_looking_up_keeps_what_was_typed_and_complains_of_nothing(agent):
    looked = agent.post(
        URL, {"phone": "13800000000", "remark": "门口漏水", "look": "1", "key": "k7"}
    )
    assert "门口漏水" in page(looked)
    assert 'value="k7"' in page(looked)
    assert not looked.context["form"].errors


@pytest.mark.parametrize("junk", ["\x00", "9" * 9000, "<b>", "²", "٣"])
def test_looking_up_stands_anything(agent, junk):
    names = ("phone", "category", "subtype", "address", "area", "calibre_mm", "handler")
    assert agent.post(URL, dict.fromkeys(names, junk) | {"look": "1"}).status_code == 200
    given = LEAK | {"address": junk, "calibre_mm": junk, "look": "1"}
    assert agent.post(URL, given).status_code == 200


def test_a_telephone_system_may_open_the_form_with_the_number(agent):
    open_ticket()
    assert "李四" in page(agent.get(URL, {"phone": "13987654321"}))


@pytest.mark.parametrize("role", ["agent", "clerk", "lead", "admin"])
def test_who_takes_calls_gets_the_form(role):
    assert signed_in(staff(role)).get(URL).status_code == 200


@pytest.mark.parametrize("role", ["field", "supervisor"])
def test_others_of_the_utility_are_refused(role):
    assert signed_in(staff(role)).get(URL).status_code == 403


def test_a_customer_is_refused_and_a_stranger_signs_in_first():
    assert signed_in(customer()).get(URL).status_code == 403
    assert Client().get(URL).url.startswith("/desk/login/")


def test_the_page_costs_the_same_whatever_is_there(agent, django_assert_num_queries, monday):
    agent.get(URL)
    look = LEAK | {"look": "1"}

    def cost():
        with django_assert_num_queries(17, exact=False):
            assert agent.post(URL, look).status_code == 200

    open_ticket()
    cost()
    for place in range(8):
        staff("field", "east-1", name=f"crew-{place}")
        open_ticket()
    monday.shift(HOUR)
    cost()
