"""A project by hand: what is refused, what is remembered, and who may."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from applications.models import Project, ProjectChange
from applications.projects import rows
from tests.applications.projects.made import given, project
from tests.factories import DAY, MONDAY_0900, customer, staff
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db


def change(one, by=None, at=MONDAY_0900 + DAY, action="edit", seen=None, **over):
    return rows.change(one.pk, over, by=by or staff("clerk"), at=at, action=action, seen=seen)


def faults_of(**over):
    with pytest.raises(Invalid) as refused:
        project(**over)
    return set(refused.value.fields)


def test_a_project_is_kept_with_its_area_found_by_the_address():
    made = project(owner="clerk-company", external_line="no")
    made.refresh_from_db()
    assert (made.area.code, made.stage.code, made.use) == ("east-1", "approved", "non-residential")
    assert (made.expected_on, made.calibre_mm) == (date(2026, 12, 16), 150)
    assert (made.external_line, made.owner) == (False, staff("clerk"))
    assert made.changes.get().action == "add"


def test_one_without_a_code_gets_a_number_of_ours():
    codes = {project(code="").code for _time in range(2)}
    assert len(codes) == 2
    assert all(code.startswith("XM261116") for code in codes)


def test_a_code_is_taken_once():
    project()
    assert faults_of() == {"code"}
    other = project(code="XM-2")
    with pytest.raises(Invalid):
        change(other, code="XM-1")


def test_every_field_at_fault_is_told_at_once():
    wrong = {
        "name": "", "uscc": "91350100M000100Y4Z", "phone": "12", "expected_on": "明天",
        "calibre_mm": "7", "daily_m3": "许多", "owner": "谁也不是", "external_line": "也许",
    }  # fmt: skip
    assert faults_of(**wrong) == set(wrong)


def test_notes_of_a_survey_belong_to_a_day():
    assert faults_of(survey_notes="已看现场") == {"survey_on"}
    assert faults_of(scheme_quantities="DN150 120 米") == {"scheme_on"}


def test_the_stage_of_those_turned_is_not_for_people_to_choose():
    assert faults_of(stage="turned") == {"stage"}


def test_who_has_a_name_in_common_is_called_by_the_user_name():
    staff("field", name="wang-1").name = "王五"
    for username in ("wang-1", "wang-2"):
        person = staff("field", name=username)
        person.name = "王五"
        person.save()
    assert faults_of(owner="王五") == {"owner"}
    assert project(owner="wang-2").owner.username == "wang-2"


def test_a_change_says_who_changed_what_from_what_to_what():
    one = change(project(), expected_on="2027-01-20", phone="13700001111", stage="building")
    line = one.changes.get(version=2)
    assert line.data == {
        "expected_on": ["2026-12-16", "2027-01-20"],
        "stage": ["approved", "building"],
    }
    assert (line.by, line.at, line.action) == (staff("clerk"), MONDAY_0900 + DAY, "edit")


def test_what_says_the_same_changes_nothing():
    one = change(project(), name="滨江花园二期", calibre_mm="DN150")
    assert (one.version, one.changes.count()) == (1, 1)


def test_of_two_who_change_it_one_is_told_to_look_again():
    one = project()
    change(one, seen=1, contact="李工")
    with pytest.raises(Conflict):
        change(one, seen=1, contact="赵工")


def test_survey_and_scheme_beforehand_are_part_of_the_history():
    one = project()
    change(
        one, action="survey", survey_on="2026-11-16", survey_by="clerk-company", survey_notes="好"
    )
    one = change(one, action="scheme", scheme_on="2026-11-17", scheme_quantities="DN150 120 米")
    assert one.done == ["survey", "scheme"]
    assert [line.action for line in one.changes.all()] == ["add", "survey", "scheme"]


def test_a_branch_works_on_its_own_projects_only():
    one, west = project(), staff("lead", "west")
    with pytest.raises(NotFound):
        change(one, by=west, name="x")
    assert list(Project.objects.visible_to(west)) == []
    with pytest.raises(Invalid) as refused:
        project(by=west, code="XM-2")
    assert set(refused.value.fields) == {"area"}
    assert project(by=staff("lead", "east"), code="XM-3").area.code == "east-1"


@pytest.mark.parametrize("role", ["supervisor", "field"])
def test_others_do_not_write(role):
    with pytest.raises(NotAllowed):
        project(by=staff(role))
    with pytest.raises(NotAllowed):
        change(project(), by=staff(role), name="x")


def test_a_customer_sees_none():
    project(phone=customer().phone)
    assert list(Project.objects.visible_to(customer())) == []


@pytest.mark.parametrize("statement", ["UPDATE {} SET action = 'x'", "DELETE FROM {}"])
def test_the_history_cannot_be_changed_by_anybody(statement):
    project()
    table = ProjectChange._meta.db_table
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_what_was_typed_is_all_that_there_is_to_it():
    assert set(given()) <= {field.name for field in Project._meta.fields}
