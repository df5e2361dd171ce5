"""A service's file that cannot work is refused, and the refusal names the line."""

from __future__ import annotations

import json
import shutil

import pytest
from django.conf import settings

from applications import seeding
from applications.catalogue.faults import BadDefinition
from applications.catalogue.reading import parse
from applications.models import ServiceRow
from waterdesk.core.models import Promise
from waterdesk.core.seeding import SeedError

GOOD = {
    "code": "taps",
    "name": "换龙头",
    "group": "用水",
    "guide": ["上门换。"],
    "questions": [
        "applicant_kind", "name", "phone", "address",
        {"code": "kind", "label": "哪种", "kind": "choice",
         "choices": [{"code": "warm", "name": "热"}, {"code": "cold", "name": "冷"}]},
        {"code": "colour", "label": "颜色", "shown": {"kind": "warm"}},
    ],
    "steps": [{"code": "accept", "name": "受理"}, {"code": "do", "name": "办理"}],
    "jobs": [
        {"code": "look", "name": "看", "step": "do"},
        {"code": "change", "name": "换", "step": "do", "needs": ["look"]},
    ],
}  # fmt: skip


def written(**over) -> str:
    return json.dumps(GOOD | over, ensure_ascii=False, indent=1)


def refused(text: str) -> str:
    with pytest.raises(BadDefinition) as refusal:
        parse(text)
    return str(refusal.value)


def question(**more) -> list:
    return [*GOOD["questions"], {"code": "more", "label": "还有", **more}]


def test_a_good_file_is_read():
    service = parse(written())
    assert [each.code for each in service.own] == ["kind", "colour"]
    assert service.jobs_by_code["change"].needs == ("look",)


def test_text_that_is_no_json_is_refused_by_its_line():
    assert refused('{\n "code": "taps",\n oops\n}').startswith("line 3")


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"colour": "red"}, "nobody knows “colour”"),
        ({"code": "Not A Code"}, "is no code"),
        ({"guide": "上门"}, "a list"),
        ({"questions": ["applicant_kind", "name", "phone"]}, "asks for “address”"),
        ({"questions": [*GOOD["questions"], "kind"]}, "no common question"),
        ({"questions": [*GOOD["questions"], "name"]}, "stands there twice"),
        ({"questions": question(kind="colour")}, "is none of"),
        ({"questions": question(kind="choice")}, "a choice has some"),
        ({"questions": question(shown={"never": 1})}, "no question that comes before"),
        ({"questions": question(shown={"kind": "hot"})}, "cannot be “hot”"),
        ({"questions": question(shown={"more": "x"})}, "no question that comes before"),
        ({"steps": []}, "has a step"),
        ({"steps": [*GOOD["steps"], {"code": "x", "name": "空"}]}, "no job belongs"),
        ({"jobs": []}, "no job"),
        ({"jobs": [*GOOD["jobs"], {"code": "a", "name": "甲", "step": "no"}]}, "no step “no”"),
        ({"jobs": [{"code": "a", "name": "甲", "step": "do", "needs": ["b"]}]}, "no job “b”"),
        ({"result": "water_on"}, "go together"),
        ({"rulings": [{"refuse": "arrears", "when": {"kind": "warm"}}]}, "not among the refusals"),
        ({"rulings": [{"when": {"kind": "warm"}}]}, "says “refuse” or “review”"),
        ({"leaves": {"kind": "relief", "name": "减免", "until": "kind"}}, "no question for a date"),
        ({"leaves": {"kind": "relief", "name": "减免", "months": 0}}, "1 to 240"),
        ({"facts": [{"code": "a"}]}, "“source” is missing"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_by_its_line(over, said):
    refusal = refused(written(**over))
    assert said in refusal
    assert refusal.startswith("line ")


def test_the_line_is_that_of_what_is_wrong():
    text = written(questions=question(shown={"kind": "hot"}))
    line = next(n for n, each in enumerate(text.splitlines(), 1) if '"hot"' in each)
    # The condition begins a line above.
    assert refused(text).startswith(f"line {line - 1},")


def test_jobs_that_wait_for_each_other_are_refused():
    jobs = [
        {"code": "a", "name": "甲", "step": "do", "needs": ["b"]},
        {"code": "b", "name": "乙", "step": "do", "needs": ["a"]},
    ]
    assert "a → b → a" in refused(written(jobs=jobs))


def test_a_question_that_contradicts_what_it_hangs_on_is_refused():
    both = [
        *GOOD["questions"],
        {"code": "never", "label": "从不", "shown": {"kind": "cold", "colour": "red"}},
    ]
    assert "“never” is never asked" in refused(written(questions=both))


def test_a_choice_that_leaves_nothing_to_choose_is_refused():
    dead = question(kind="choice", choices=[{"code": "x", "name": "甲", "when": {"kind": "warm"}}])
    assert "no answer is allowed" in refused(written(questions=dead))


@pytest.mark.parametrize(("applicants", "many"), [(["person"], 4), (["organisation"], 6)])
def test_more_questions_than_two_minutes_are_refused(applicants, many):
    more = [{"code": f"q{n}", "label": f"问 {n}"} for n in range(many)]
    text = written(questions=[*GOOD["questions"], *more], applicants=applicants)
    assert "at most" in refused(text)


@pytest.fixture
def folder(tmp_path, db):
    shutil.copytree(settings.BASE_DIR / "seeds" / "services", tmp_path / "services")
    return tmp_path / "services"


def put(folder, code: str, **over):
    text = written(code=code, **over)
    (folder / f"{code}.json").write_text(text, encoding="utf-8")


def test_a_new_service_is_a_file(folder, client):
    put(folder, "taps", promises=[{"name": "换龙头", "amount": "2", "unit": "workdays"}])
    seeding.load_services(folder)
    assert "换龙头" in client.get("/services/").content.decode()
    assert client.get("/apply/taps/").status_code == 200


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"steps": []}, r"services/taps.json line \d+"),
        ({"refusals": ["nobody"]}, "services/taps.json: reasons.json has no “nobody”"),
        ({"promises": [{"name": "坏", "amount": "0", "unit": "workdays"}]}, "taps.json 坏"),
        ({"promises": [{"name": "坏", "amount": "1", "unit": "weeks"}]}, "taps.json 坏"),
    ],
)  # fmt: skip
def test_one_bad_file_leaves_everything_as_it_was(folder, over, said):
    before = ServiceRow.objects.count(), Promise.objects.count()
    put(folder, "taps", **over)
    put(folder, "fine")
    with pytest.raises(SeedError, match=said):
        seeding.load_services(folder)
    assert (ServiceRow.objects.count(), Promise.objects.count()) == before


def test_a_file_is_named_like_its_service(folder):
    put(folder, "taps")
    (folder / "taps.json").rename(folder / "other.json")
    with pytest.raises(SeedError, match="its code is “taps”"):
        seeding.load_services(folder)


def test_what_the_utility_edited_stays(folder):
    row = ServiceRow.objects.get(code="transfer")
    row.text = row.text.replace("过户更名", "过户")
    row.save()
    seeding.load_services(folder)
    assert "“" not in ServiceRow.objects.get(code="transfer").name
    assert '"过户"' in ServiceRow.objects.get(code="transfer").text
