"""What the database itself refuses, and the classes of customers."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from applications import seeding
from applications.models import Application, CustomerClass
from tests.conftest import SEEDS
from tests.factories import open_application

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "wrong",
    [
        {"applicant_kind": "robot"},
        {"use": "bathing"},
        {"calibre_mm": 21},
        {"uscc": "91350100M000100Y43"},
        {"contact": "李四"},
        {"satisfaction": 6},
        {"applicant_kind": "organisation", "id_number": "11010519491231002X"},
    ],
)
def test_the_database_holds_no_application_that_cannot_be(wrong):
    case = open_application()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(**wrong)


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({}, "零星居民"),
        ({"applicant_kind": "organisation", "calibre_mm": 200}, "新建住宅"),
        ({"use": "non-residential", "calibre_mm": 40}, "小型低风险"),
        (
            {"applicant_kind": "organisation", "use": "non-residential", "calibre_mm": 50},
            "一般低风险",
        ),
        ({"use": "special", "calibre_mm": 25}, "特种用水"),
    ],
)
def test_a_class_covers_applicant_use_and_calibre(facts, name):
    assert str(open_application(**facts).customer_class) == name


def test_a_utility_draws_the_line_elsewhere_and_it_holds_at_once(settings):
    settings.POLICY_MAX_AGE = 0
    assert open_application(calibre_mm=25).status == "pending"
    household = CustomerClass.objects.get(code="household")
    household.most_mm = 25
    household.save()
    assert open_application(calibre_mm=25, phone="13900000000").status == "accepted"


def test_loading_the_classes_again_leaves_edits_alone():
    CustomerClass.objects.filter(code="small").update(most_mm=50)
    CustomerClass.objects.get(code="special").delete()
    assert seeding.load(SEEDS) == 1
    assert CustomerClass.objects.get(code="small").most_mm == 50
    assert seeding.load(SEEDS, update=True) == 0
    assert CustomerClass.objects.get(code="small").most_mm == 40
