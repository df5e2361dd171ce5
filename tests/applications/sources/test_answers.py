"""What is asked, what a right answer is, what is kept of it, and what the survey does instead."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from applications.sources.answers import Malformed, read, same_name, verdict
from applications.sources.checks import to_check
from applications.sources.outcomes import Known, Unknown, Why
from applications.sources.wanted import FACTS, Applicant, question, wanted
from applications.sources.words import SAID

NAME, USCC = "示例物流公司", "91350100M000100Y43"
TODAY = date(2026, 11, 16)
AT = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
ASKED = {
    "registration": {"uscc": USCC},
    "identity": {"name": NAME, "mobile": "13812345678"},
    "ownership": {"address": "城东区朝阳路 8 号", "name": NAME},
    "arrears": {"phone": "13812345678"},
}
RIGHT = {
    "registration": {"uscc": USCC, "name": NAME, "status": "active"},
    "identity": {"match": True},
    "ownership": {"owner": NAME, "acquired_on": "2021-05-01", "legal": True},
    "arrears": {"owed": "12.30", "since": "2026-01-05"},
}


def kept(fact, **over):
    return read(fact, RIGHT[fact] | over, ASKED[fact], NAME, TODAY)


def found(fact, **over):
    return Known(kept(fact, **over), "registry", AT)


def applicant(**over):
    given = {"kind": "person", "service": "new-connection", "name": "张三"} | over
    return Applicant(**given)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("registration", {"status": "active", "name_matches": True}),
        ("identity", {"matches": True, "by": "mobile"}),
        ("ownership", {"owner_matches": True, "acquired_on": "2021-05-01", "legal": True}),
        ("arrears", {"owed": "12.30", "since": "2026-01-05"}),
    ],
)
def test_of_a_right_answer_only_what_is_needed_is_kept(fact, value):
    assert kept(fact, surplus="passed over") == value


@pytest.mark.parametrize(
    ("fact", "wrong"),
    [
        ("registration", {"uscc": "91512081MA62K0260E"}),
        ("registration", {"status": "fine"}),
        ("registration", {"name": ""}),
        ("registration", {"name": 7}),
        ("registration", {"name": "长" * 201}),
        ("identity", {"match": "yes"}),
        ("identity", {"match": None}),
        ("ownership", {"legal": 1}),
        ("ownership", {"owner": None}),
        ("ownership", {"acquired_on": "2021-5-1"}),
        ("ownership", {"acquired_on": 20210501}),
        ("ownership", {"acquired_on": "2026-11-17"}),
        ("arrears", {"owed": 12.3}),
        ("arrears", {"owed": "-1"}),
        ("arrears", {"owed": "1e9"}),
        ("arrears", {"owed": "12.345"}),
        ("arrears", {"since": ""}),
    ],
)
def test_an_answer_of_another_shape_is_none(fact, wrong):
    with pytest.raises(Malformed):
        kept(fact, **wrong)


@pytest.mark.parametrize(
    ("fact", "field"),
    [(fact, field) for fact, answer in RIGHT.items() for field in answer],
)
def test_an_answer_that_lacks_a_field_is_none(fact, field):
    answer = {name: value for name, value in RIGHT[fact].items() if name != field}
    with pytest.raises(Malformed, match=field):
        read(fact, answer, ASKED[fact], NAME, TODAY)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("示例物流（城东）公司", "示例物流(城东) 公司", True),
        ("ＡＢＣ公司", "abc公司", True),
        ("张三", "张三丰", False),
    ],
)
def test_names_are_compared_as_people_read_them(one, other, same):
    assert same_name(one, other) is same


@pytest.mark.parametrize(
    ("fact", "over", "code"),
    [
        ("registration", {}, "active"),
        ("registration", {"status": "revoked"}, "inactive"),
        ("registration", {"name": "另一家公司"}, "other-name"),
        ("identity", {}, "match"),
        ("identity", {"match": False}, "mismatch"),
        ("ownership", {"acquired_on": None}, "owner"),
        ("ownership", {"owner": "李四"}, "other-owner"),
        ("ownership", {"legal": False}, "illegal"),
        ("arrears", {}, "owed"),
        ("arrears", {"owed": "0.00", "since": None}, "clear"),
    ],
)
def test_a_value_comes_to_one_verdict_which_has_words(fact, over, code):
    assert verdict(fact, kept(fact, **over)) == code
    assert str(SAID[code])


@pytest.mark.django_db
def test_a_household_is_not_looked_for_among_companies_nor_a_company_among_people():
    assert wanted("person", "new-connection") == ("identity", "ownership", "arrears")
    assert wanted("organisation", "new-connection") == ("registration", "ownership", "arrears")


@pytest.mark.django_db
def test_what_is_fetched_the_service_says():
    assert wanted("person", "relief") == ("identity",)
    assert wanted("person", "quality-test") == ()
    assert wanted("person", "a-service-that-is-gone") == ()


@pytest.mark.parametrize(
    ("fact", "given", "asked"),
    [
        ("identity", {"phone": "13812345678"}, {"name": "张三", "mobile": "13812345678"}),
        (
            "identity",
            {"phone": "13812345678", "id_number": "11010519491231002X"},
            {"name": "张三", "id_number": "11010519491231002X"},
        ),
        ("identity", {}, None),
        ("registration", {}, None),
        ("registration", {"uscc": USCC}, {"uscc": USCC}),
        ("ownership", {}, None),
        ("arrears", {"account": "1001", "phone": "13812345678"}, {"account": "1001"}),
        (
            "arrears",
            {"phone": "13812345678", "uscc": USCC},
            {"phone": "13812345678", "uscc": USCC},
        ),
        ("arrears", {}, None),
    ],
)
def test_a_source_is_asked_with_no_more_than_it_needs(fact, given, asked):
    assert question(fact, applicant(**given)) == asked


@pytest.mark.parametrize("why", list(Why))
def test_what_is_not_known_is_looked_at_by_the_survey(why):
    codes = [
        check.code for check in to_check({"ownership": Unknown(why), "identity": Unknown(why)})
    ]
    assert codes == ["identity", "ownership"]


def test_what_is_known_and_right_is_not_looked_at_again():
    assert to_check({"identity": found("identity"), "ownership": found("ownership")}) == []


@pytest.mark.parametrize(
    ("fact", "over", "said"),
    [
        ("registration", {"status": "cancelled"}, "不在册"),
        ("registration", {"name": "另一家公司"}, "不一致"),
        ("identity", {"match": False}, "只看原件"),
        ("ownership", {"owner": "李四"}, "不是申请人"),
        ("ownership", {"legal": False}, "违法建筑"),
        ("arrears", {}, "不因此停供"),
    ],
)
def test_what_is_known_and_doubtful_is_looked_at_by_the_survey(fact, over, said):
    [check] = to_check({fact: found(fact, **over)})
    assert said in str(check.words)


def test_whoever_is_not_in_the_accounts_owes_nothing():
    assert to_check({"arrears": Unknown(Why.NOT_FOUND)}) == []


@pytest.mark.parametrize("fact", FACTS)
def test_no_check_asks_the_customer_for_an_upload(fact):
    [check] = to_check({fact: Unknown(Why.REFUSED)})
    assert not {word for word in ("上传", "提交", "提供") if word in str(check.words)}
