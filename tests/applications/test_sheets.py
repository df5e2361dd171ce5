"""Sheets for those who want paper: what they say, and to whom."""

from __future__ import annotations

import pytest

from applications.sheets import PERMITS, permit_sheet, survey_sheet
from tests.factories import HOUR, MONDAY_0900, open_application, staff
from tests.papers.reading import info_of, needs_poppler, text_of
from tests.web.desk import as_role, client_of
from waterdesk import papers
from waterdesk.core import door
from waterdesk.core.errors import Invalid

CASE = {
    "number": "B2611160000018",
    "utility": "某某供水公司",
    "hotline": "96390",
    "address": "城东区朝阳路 8 号",
}
PERMIT = {
    "type": "road",
    "authority": "市城市管理局",
    "place": "朝阳路 8 号门前人行道",
    "length_m": 12,
    "width_m": 0.8,
    "starts": "2026-11-20",
}


def in_hand(**over):
    case = open_application(**over)
    changes = {"handler": staff("field", "east").username}
    lead = staff("lead", "east")
    door.move(case.number, "assign", actor=lead, at=MONDAY_0900, changes=changes)
    case.refresh_from_db()
    return case


# --- survey -----------------------------------------------------------------------------------
@needs_poppler
@pytest.mark.django_db
def test_the_sheet_has_the_case_the_promise_and_blanks():
    case = in_hand()
    text = text_of(papers.pdf(survey_sheet(case, staff("field", "east"), MONDAY_0900 + HOUR)))
    said = [case.number, "张三", "城东区朝阳路8号", "DN20", "0.5个工作日", "2026-11-1614:30"]
    said += [
        "到场时间",
        "水表起数",
        "表前压力",
        "方案草图",
        "打印于2026-11-1610:00",
        "第1页，共1页",
    ]
    assert [each for each in said if each not in text] == []


@needs_poppler
@pytest.mark.django_db
def test_whoever_has_the_case_reads_the_whole_number_and_nobody_else_does():
    case = in_hand()
    mine = text_of(papers.pdf(survey_sheet(case, staff("field", "east"), MONDAY_0900)))
    theirs = text_of(papers.pdf(survey_sheet(case, staff("lead", "east"), MONDAY_0900)))
    assert "13812345678" in mine
    assert "13812345678" not in theirs
    assert "138****5678" in theirs


@needs_poppler
@pytest.mark.django_db
def test_a_long_name_and_remark_stay_on_the_paper():
    name = "䶮㛃𬱖𠅤" * 15
    case = in_hand(name=name, remark="门口有狗。" * 100)
    text = text_of(papers.pdf(survey_sheet(case, staff("lead"), MONDAY_0900)))
    assert text.count("䶮㛃𬱖𠅤") >= 13  # a line may end within it
    assert text.count("狗") == 100


@pytest.mark.django_db
def test_equal_sheets_are_equal_bytes():
    case, reader = in_hand(), staff("lead")
    first, second = (papers.pdf(survey_sheet(case, reader, MONDAY_0900)) for _twice in range(2))
    assert first == second


@pytest.mark.django_db
def test_the_case_page_and_the_jobs_page_lead_to_it():
    case = in_hand()
    address = f"/desk/cases/{case.number}/sheet.pdf"
    plumber = client_of(staff("field", "east"))
    assert address in plumber.get(f"/desk/cases/{case.number}/").content.decode()
    assert address in plumber.get("/desk/jobs/").content.decode()
    answer = plumber.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "area", "status"),
    [("", "", 302), ("customer", "", 403), ("lead", "west", 404), ("clerk", "company", 200)],
)
def test_only_who_sees_the_case_gets_its_sheet(role, area, status):
    case = in_hand()
    answer = as_role(role, area or "company").get(f"/desk/cases/{case.number}/sheet.pdf")
    assert answer.status_code == status


# --- permits ----------------------------------------------------------------------------------
@needs_poppler
@pytest.mark.parametrize("kind", PERMITS)
def test_a_permit_has_what_is_known_and_blanks_for_the_rest(kind):
    sheet = permit_sheet(CASE, PERMIT | {"type": kind})
    text = text_of(papers.pdf(sheet))
    said = [str(PERMITS[kind]), "致：市城市管理局", "朝阳路8号门前人行道", "某某供水公司", "96390"]
    said += ["长度（米）", "12", "0.8", "2026-11-20", "深度（米）", "恢复措施", "用水人无需到场"]
    assert [each for each in said if each not in text] == []


def test_an_unknown_permit_is_refused_by_name():
    with pytest.raises(Invalid, match="没有这种许可：rail"):
        permit_sheet(CASE, PERMIT | {"type": "rail"})


@needs_poppler
def test_a_permit_of_which_nothing_is_known_is_all_blanks():
    text = text_of(papers.pdf(permit_sheet(CASE, {"type": "green"})))
    assert "涉及树木" in text
    assert "None" not in text


@needs_poppler
def test_equal_facts_give_an_equal_sheet():
    first, second = (papers.pdf(permit_sheet(CASE, PERMIT)) for _twice in range(2))
    assert first == second
    assert CASE["number"] in info_of(first)["Title"]
