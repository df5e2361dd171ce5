"""Words of danger: what counts and what does not, by the rules of the seeds."""

from __future__ import annotations

import pytest

from tests.factories import customer, open_ticket
from tickets.asked.emergencies import find, heard
from tickets.models import Emergency
from waterdesk.core import policy

pytestmark = pytest.mark.django_db


def codes(text):
    return [hit.code for hit in heard(text)]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("有人触电了", "electric-shock"),
        ("路灯漏电，水里有电", "electric-shock"),
        ("电线掉到水里了", "electric-shock"),
        ("路面塌陷了一大块", "collapse"),
        ("没有水，旁边地面还塌陷了", "collapse"),
        ("没有水有人触电", "electric-shock"),
        ("没有塌陷但是有人触电", "electric-shock"),
        ("没有塌陷人触电了", "electric-shock"),
        ("水没了触电了", "electric-shock"),
        ("有没有触电的危险？", "electric-shock"),
        ("是不是塌陷了", "collapse"),
        ("怕会塌陷", "collapse"),
        ("不是没有塌陷", "collapse"),
        ("塌陷没有人管", "collapse"),
        ("触电没有？", "electric-shock"),
        ("门口有煤气味", "gas"),
        ("天然气管也漏了", "gas"),
        ("井盖缺失有人坠落", "fallen"),
        ("井盖没了，小孩掉进去了", "fallen"),
        ("老人掉进井里", "fallen"),
        ("市一医院停水了", "sensitive"),
        ("医院整栋楼 没水", "sensitive"),
        ("爆管冲出来几米高", "gushing"),
        ("配电房进水了", "flooded"),
        ("喝了水以后全家拉肚子", "poisoning"),
        ("隔壁着火了消防栓没水", "fire"),
        ("有 人 触\u3000电", "electric-shock"),
    ],
)
def test_a_danger_is_heard(said, code):
    assert code in codes(said)


@pytest.mark.parametrize(
    "said",
    [
        "没有触电",
        "没有人触电",
        "无人触电",
        "没有发生塌陷",
        "没闻到煤气味",
        "没有触电、塌陷",
        "没有塌陷和坠落",
        "目前未出现塌陷",
        "不是塌陷，是路面积水",
        "塌陷没有，就是漏水",
        "塌陷倒是没有",
        "漏电保护器坏了想问一下",
        "防止触电要注意什么",
        "医院对面的小区停水",
        "医院没停水",
        "门口漏水",
        "水压低，热水器打不着",
        "井盖响，影响休息",
        "这个月水费上火",
        "没有水了",
        "",
    ],
)
def test_a_denial_and_a_false_friend_are_not(said):
    assert codes(said) == []


def test_the_most_serious_comes_first_and_each_says_what_to_read_out():
    hits = heard("配电房进水，有人触电")
    assert [hit.code for hit in hits] == ["electric-shock", "flooded"]
    assert all(hit.instruction for hit in hits)
    assert hits[1].word == "配电房进水"


def test_a_call_that_speaks_of_danger_is_urgent_by_itself_and_the_record_says_why():
    calm, danger = open_ticket(), open_ticket(remark="门口漏水，路面塌陷了")
    assert (calm.urgent, calm.emergency) == (False, "")
    assert (danger.urgent, danger.emergency, danger.emergency_words) == (True, "collapse", "塌陷")
    opened, heard_of = danger.events.all()
    assert opened.data["emergency"] == "collapse"
    assert (heard_of.action, heard_of.data["emergency_words"]) == ("emergency_heard", "塌陷")
    assert [event.action for event in calm.events.all()] == ["open"]


def test_what_an_answer_says_counts_as_well():
    ticket = open_ticket(subtype="burst", answers={"seen": "sunk"})
    assert ticket.emergency == "collapse"


def test_a_customer_reads_no_word_of_our_record_of_danger(client):
    ticket = open_ticket(remark="路面塌陷了", by=customer("13987654321"), channel="api")
    client.force_login(customer("13987654321"))
    page = client.get(f"/track/{ticket.number}/").content.decode()
    assert "所说的险情" not in page


def test_the_rules_are_data_and_a_changed_word_counts_at_once():
    row = Emergency.objects.get(code="collapse")
    row.words = [*row.words, "路裂开"]
    row.save()
    policy.forget()
    assert codes("路裂开了") == ["collapse"]


def test_rules_without_words_hear_nothing():
    assert find("触电", []) == []
