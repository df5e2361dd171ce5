"""/desk/projects/: who opens it, what it shows, and that nothing is lost on the way."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Application, Project
from applications.projects import files, turning
from tests.applications.projects.made import LINE, csv_of, given, lines, project, xlsx_of
from tests.factories import open_application, staff
from tests.once import once
from tests.web.desk import DAY, NOW, as_role, client_of, inline_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

PAGE, IMPORT = "/desk/projects/", "/desk/projects/import/"
READING = (PAGE, f"{PAGE}list.csv", f"{PAGE}found/", "{one}", f"{PAGE}found/2026/11/all/")
WRITING = (
    IMPORT, f"{PAGE}add/", "{one}edit/", "{one}survey/", "{one}scheme/", "{one}plan/",
    f"{IMPORT}template.xlsx",
)  # fmt: skip


@once(at=NOW)
def one():
    return project(owner="clerk-company", by=staff("clerk"), at=NOW - DAY)


def page_of(one, name=""):
    return f"{PAGE}{one.pk}/{name}"


def upload(client, content=None, name="清单.csv"):
    file = SimpleUploadedFile(name, csv_of(LINE) if content is None else content)
    return client.post(IMPORT, {"file": file})


def seen(response):
    return {"seen": response.context["plan"].seen}


def names(response):
    return [row["project"].name for row in response.context["rows"]]


@pytest.mark.parametrize("address", READING)
@pytest.mark.parametrize(
    ("role", "status"),
    [("agent", 200), ("clerk", 200), ("lead", 200), ("supervisor", 200), ("admin", 200),
     ("field", 403), ("customer", 403)],
)  # fmt: skip
def test_who_may_read(role, status, address, one):
    assert as_role(role).get(address.format(one=page_of(one))).status_code == status


@pytest.mark.parametrize("address", WRITING)
@pytest.mark.parametrize(
    ("role", "status"),
    [("agent", 200), ("clerk", 200), ("lead", 200), ("admin", 200),
     ("supervisor", 403), ("field", 403), ("customer", 403)],
)  # fmt: skip
def test_who_may_write(role, status, address, one):
    assert as_role(role).get(address.format(one=page_of(one))).status_code == status


def test_a_stranger_signs_in_first(one):
    for address in (PAGE, page_of(one), IMPORT):
        assert as_role("").get(address).url == f"/desk/login/?next={address}"


def test_a_reader_is_offered_nothing_to_change(one):
    client = as_role("supervisor")
    for address in (PAGE, page_of(one)):
        page = client.get(address).content.decode()
        assert "/edit/" not in page
        assert "/import/" not in page
        assert "转为报装" not in page.replace("一键转为报装", "").replace("转为报装前", "")
    assert client.post(page_of(one, "turn/")).status_code == 403


def test_another_branch_does_not_find_it(one):
    client = as_role("lead", "west")
    assert names(client.get(PAGE)) == []
    for address in (page_of(one), page_of(one, "edit/")):
        assert client.get(address).status_code == 404
    assert client.post(page_of(one, "turn/")).status_code == 404


def test_the_way_there_stands_on_the_home_page_of_those_roles():
    for role, there in [("lead", True), ("supervisor", True), ("clerk", True), ("field", False)]:
        page = as_role(role).get("/", follow=True).content.decode()
        assert ('href="/desk/projects/"' in page) is there


def test_no_page_needs_what_the_content_security_policy_refuses(one):
    client = as_role("admin")
    preview = upload(client, csv_of(LINE, ("XM-2", *LINE[1:4], "明天", "", "")), "a.csv").url
    pages = [each for each in (*READING, *WRITING, preview) if each.endswith("/")]
    for address in [*pages, page_of(one)]:
        response = client.get(address.format(one=page_of(one)))
        assert inline_in(response) == [], address


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["临近", "滨江花园二期", "远期"]),
        ("stage=building", ["临近"]),
        ("area=west", ["远期"]),
        ("area=nowhere&stage=x&owner=y&due=z", ["临近", "滨江花园二期", "远期"]),
        ("owner=me", ["滨江花园二期"]),
        ("owner=nobody", ["临近", "远期"]),
        ("due=7", ["临近"]),
        ("due=30", ["临近", "滨江花园二期"]),
        ("done=no-survey", ["滨江花园二期", "远期"]),
        ("done=no-scheme", ["临近"]),
        ("q=滨江花园", ["滨江花园二期"]),
        ("q=XM-3", ["远期"]),
        ("stage=building&due=7&q=临近", ["临近"]),
    ],
)
def test_the_list_is_narrowed_by_what_stands_in_the_address(query, found, one):
    project(code="XM-2", name="临近", expected_on="2026-11-20", stage="building",
            survey_on="2026-11-10")  # fmt: skip
    project(code="XM-3", name="远期", expected_on="", address="城西区解放路 1 号")
    response = client_of(staff("clerk")).get(f"{PAGE}?{query}")
    assert names(response) == found


def test_pages_follow_each_other_and_keep_the_filters():
    clerk = staff("clerk")
    for n in range(52):
        project(code=f"XM-{n}", name=f"项目 {n}", expected_on=f"2027-01-{n % 20 + 1:02}")
    project(code="XM-x", name="不知何时", expected_on="")
    client = client_of(clerk)
    first = client.get(f"{PAGE}?stage=approved")
    assert "stage=approved" in first.context["older"]
    second = client.get(PAGE + first.context["older"])
    assert len(names(first)) + len(names(second)) == 53
    assert names(second)[-1] == "不知何时"
    assert set(names(first)).isdisjoint(names(second))
    assert client.get(f"{PAGE}?after=x").status_code == 400


def test_many_projects_take_no_more_queries_than_few(one):
    client = as_role("lead")

    def queries():
        with CaptureQueriesContext(connection) as made:
            client.get(PAGE)
        return len(made)

    queries()
    few = queries()
    for n in range(20):
        project(code=f"M-{n}", owner="clerk-company")
    assert queries() == few


def test_the_export_says_what_the_list_says(one):
    project(code="XM-2", address="城西区解放路 1 号")
    response = as_role("clerk").get(f"{PAGE}list.csv?area=west")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["项目编号"] for row in rows] == ["XM-2"]
    assert (rows[0]["联系电话"], rows[0]["片区"]) == ("137****1111", "城西一网格")


def test_a_project_is_entered_by_hand_and_changed():
    client = as_role("clerk")
    made = client.post(f"{PAGE}add/", given(code=""), follow=True)
    one = Project.objects.get()
    assert "已登记项目" in text_of(made)
    form = client.get(page_of(one, "edit/")).context["form"]
    said = {field.name: field.value() or "" for field in form}
    said |= {"expected_on": "2027-01-20", "external_line": "yes"}
    changed = text_of(client.post(page_of(one, "edit/"), said, follow=True))
    assert "2026-12-16 → 2027-01-20" in changed
    assert "需要敷设外线 — → 是" in changed
    one.refresh_from_db()
    assert one.version == 2


def test_a_form_that_was_opened_and_sent_changes_nothing(one):
    client = as_role("clerk")
    for name in ("edit/", "plan/"):
        form = client.get(page_of(one, name)).context["form"]
        client.post(page_of(one, name), {f.name: f.value() or "" for f in form})
    one.refresh_from_db()
    assert one.version == 1


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed():
    response = as_role("clerk").post(f"{PAGE}add/", given(phone="12", name="一期"))
    assert response.status_code == 400
    assert set(response.context["form"].errors) == {"phone"}
    assert 'value="一期"' in response.content.decode()
    assert not Project.objects.exists()


def test_who_was_second_is_told_and_loses_nothing(one):
    client = as_role("clerk")
    said = {"survey_on": "2026-11-10", "survey_notes": "管位已看", "seen": 1}
    assert client.post(page_of(one, "survey/"), said).status_code == 302
    late = client.post(page_of(one, "survey/"), said | {"survey_notes": "第二份"})
    assert late.status_code == 409
    assert "已被他人更新" in text_of(late)
    assert "第二份" in late.content.decode()


def test_survey_scheme_and_plan_are_entered_and_shown(one):
    client = as_role("clerk")
    client.post(page_of(one, "survey/"), {"survey_on": "2026-11-10", "survey_by": "clerk-company"})
    client.post(page_of(one, "scheme/"), {"scheme_on": "2026-11-12", "scheme_quantities": "120 米"})
    client.post(page_of(one, "plan/"), {"plan": "专人", "plan_steps": "2026-12-01 现场对接"})
    text = text_of(client.get(page_of(one)))
    assert all(said in text for said in ("2026-11-10", "120 米", "2026-12-01 现场对接", "专人"))
    assert client.get(page_of(one, "nothing/")).status_code == 404


def test_one_click_makes_it_an_application_and_the_pages_know_each_other(one):
    client = as_role("clerk")
    case = client.post(page_of(one, "turn/"), follow=True)
    application = Application.objects.get()
    assert case.redirect_chain == [(f"/desk/cases/{application.number}/", 302)]
    assert "由前置项目转入" in text_of(case)
    assert f'href="{page_of(one)}"' in case.content.decode()
    again = client.post(page_of(one, "turn/"), follow=True)
    assert f"此前已转为报装，编号 {application.number}" in text_of(again)
    assert Application.objects.count() == 1
    there = client.get(page_of(one))
    assert f'href="/desk/cases/{application.number}/"' in there.content.decode()
    assert 'id="turn"' not in there.content.decode()


def test_the_record_of_a_turned_one_says_in_words_what_was_done():
    done = project(survey_on="2026-11-10", scheme_on="2026-11-12")
    case = as_role("clerk").post(page_of(done, "turn/"), follow=True)
    assert "已提前完成 查勘、方案" in text_of(case)


def test_what_is_missing_is_told_on_the_page(one):
    Project.objects.update(phone="", calibre_mm=None)
    response = as_role("clerk").post(page_of(one, "turn/"))
    assert response.status_code == 400
    assert "请先补全项目资料" in text_of(response)
    assert "联系电话：请填写手机号码" in text_of(response)


def test_field_staff_read_the_name_of_the_project_and_get_no_dead_link(one):
    application, _fresh = turning.turn(one.pk, by=staff("clerk"), at=NOW)
    page = as_role("field").get(f"/desk/cases/{application.number}/")
    assert "滨江花园二期" in text_of(page)
    assert page_of(one) not in page.content.decode()


def test_a_file_goes_from_upload_to_done():
    client = as_role("clerk")
    sent = upload(client, xlsx_of(LINE), "清单.xlsx")
    preview = client.get(sent.url)
    assert "滨江花园二期" in text_of(preview)
    assert not Project.objects.exists()
    done = client.post(f"{sent.url}apply/", seen(preview), follow=True)
    assert "已导入：新增 1 个项目，变更 0 个" in text_of(done)
    assert names(done) == ["滨江花园二期"]
    client.post(f"{sent.url}apply/", seen(preview))
    assert Project.objects.count() == 1
    assert "这个文件已经导入" in text_of(client.get(sent.url))


def test_a_broken_row_is_shown_and_can_be_taken_out_and_put_back():
    client = as_role("clerk")
    sent = upload(client, csv_of(LINE, ("XM-2", *LINE[1:4], "明天", "", "")))
    preview = client.get(sent.url)
    text = text_of(preview)
    assert "第 3 行" in text
    assert "预计用水日期 日期不正确" in text
    assert 'id="apply"' not in preview.content.decode()
    assert client.post(f"{sent.url}apply/", seen(preview)).status_code == 400
    assert not Project.objects.exists()
    for drop, errors in [("3", 0), ("none", 1), ("broken", 0), ("²", 0), ("99", 0)]:
        client.post(f"{sent.url}drop/", {"drop": drop})
        assert client.get(sent.url).context["plan"].counts["error"] == errors
    client.post(f"{sent.url}apply/", seen(client.get(sent.url)))
    assert Project.objects.get().code == "XM-1"


def test_a_preview_that_no_longer_holds_is_shown_anew(one):
    client = as_role("clerk")
    sent = upload(client, csv_of((*LINE[:4], "2027-03-01", *LINE[5:])))
    agreed = seen(client.get(sent.url))
    client.post(page_of(one, "plan/"), {"plan": "专人"})
    Project.objects.update(expected_on="2027-02-01")
    answer = client.post(f"{sent.url}apply/", agreed)
    assert answer.status_code == 409
    assert "预览之后项目已被他人修改" in text_of(answer)
    assert "2027-02-01 → 2027-03-01" in text_of(answer)


def test_somebody_elses_upload_is_not_to_be_found():
    sent = upload(as_role("clerk"))
    other = as_role("lead")
    assert other.get(sent.url).status_code == 404
    assert other.post(f"{sent.url}apply/").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"), [(b"%PDF-1.7", "表头"), (b"", "空"), (b"PK\x03\x04x", "无法读取")]
)
def test_a_file_that_cannot_be_read_is_told_at_its_field(content, said):
    response = upload(as_role("clerk"), content)
    assert response.status_code == 400
    assert said in str(response.context["form"].errors["file"])


def test_a_file_too_large_is_told_at_its_field():
    response = upload(as_role("clerk"), b"x" * (files.MOST_BYTES + 1))
    assert "5 MB" in str(response.context["form"].errors["file"])


def test_a_long_file_shows_the_first_rows_and_counts_them_all():
    client = as_role("clerk")
    preview = client.get(upload(client, csv_of(*lines(300))).url)
    assert len(preview.context["fresh"]) == 100
    assert "只列出前 100 个，共 300 个" in text_of(preview)


def test_the_template_has_every_column():
    client = as_role("clerk")
    content = client.get(f"{IMPORT}template.xlsx").content
    assert content.startswith(b"PK")


def test_figures_and_the_list_behind_each(one):
    company = {"applicant_kind": "organisation", "use": "non-residential", "calibre_mm": 40}
    open_application(at=NOW, **company)
    application, _fresh = turning.turn(one.pk, by=staff("clerk"), at=NOW)
    client = as_role("supervisor")
    page = client.get(f"{PAGE}found/")
    assert (page.context["asked"], page.context["foreseen"], page.context["share"]) == (2, 1, 50)
    assert "/desk/projects/found/2026/11/found/" in page.content.decode()
    behind = client.get(f"{PAGE}found/2026/11/found/")
    assert [line["case"].number for line in behind.context["lines"]] == [application.number]
    assert client.get(f"{PAGE}found/2026/11/all/").context["count"] == 2
    assert client.get(f"{PAGE}found/2026/13/all/").status_code == 404
