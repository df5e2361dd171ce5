"""Finding an article, and what becomes of it as it is edited."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import HOUR, MONDAY_0900, staff
from tests.tickets.knowledge.articles import (
    TODAY,
    found,
    written,
)
from tickets.knowledge import saving
from tickets.models import Article
from waterdesk.core.errors import Conflict

pytestmark = pytest.mark.django_db


# --- searching ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("过户", "transfer"),
        ("黄水", "yellow-water"),
        ("水是黄的", "yellow-water"),
        ("ghgm", "transfer"),
        ("GHGM", "transfer"),
        ("jtsj", "price-tiers"),
        ("4424", "new-4424"),
        ("我家里的水怎么是黄的呀", "yellow-water"),
        ("二手房 过户", "transfer"),
        ("冻裂", "freezing"),
        ("发票", "invoice"),
        ("ｄｎ１００", "new-external"),
    ],
)
def test_what_a_caller_says_finds_the_article_first(said, code):
    assert found(said)[0] == code


@pytest.mark.parametrize("said", ["", "水", "g", "  ", "，。", "飞机票改签"])
def test_one_character_and_what_nobody_wrote_about_find_nothing(said):
    assert found(said) == []


def test_every_word_has_to_be_found():
    assert found("过户 火星") == []


def test_only_what_is_valid_today_is_answered_with():
    written(title="旧的红线规定", valid_from=TODAY - timedelta(9), valid_until=TODAY)
    assert found("旧的红线规定") == ["new"]
    written(valid_until=TODAY - timedelta(1))
    assert found("旧的红线规定") == []
    assert found("旧的红线规定", ended=True) == ["new"]


def test_an_article_of_an_area_is_for_that_area_alone():
    written(title="东区泵站说明", areas=["east"])
    assert found("东区泵站") == ["new"]
    assert found("东区泵站", areas={"company", "east", "east-1"}) == ["new"]
    assert found("东区泵站", areas={"company", "west"}) == []


def test_of_two_as_good_the_one_about_the_subject_comes_first():
    written("a-one", title="泵站甲", subjects=["complaint"])
    written("b-two", title="泵站乙", subjects=["repair.secondary"])
    assert found("泵站") == ["a-one", "b-two"]
    assert found("泵站", subject="repair.secondary") == ["b-two", "a-one"]


def test_a_changed_article_is_found_at_once():
    assert found("深井泵房轮换") == []
    written(title="深井泵房轮换")
    assert found("深井泵房轮换") == ["new"]


def test_searching_asks_the_database_once(django_assert_num_queries):
    found("过户")
    with django_assert_num_queries(1):
        found("过户")


# --- versions -------------------------------------------------------------------------------------
def test_every_save_is_a_version_that_says_who_changed_what():
    lead = staff("lead")
    article = written(short="一")
    written(short="二", by=lead, at=MONDAY_0900 + HOUR)
    newer, older = article.versions.all()
    assert (newer.version, newer.by, newer.said["short"]) == (2, lead, "二")
    assert saving.changed(newer.said, older.said) == ["short"]


def test_a_save_that_changes_nothing_is_no_version():
    article = written()
    assert saving.save(article, by=None, at=MONDAY_0900) is False
    assert article.versions.count() == 1


def test_of_two_who_edit_the_same_version_one_wins():
    written()
    mine, theirs = Article.objects.get(code="new"), Article.objects.get(code="new")
    mine.short, theirs.short = "我的", "他的"
    saving.save(mine, by=None, at=MONDAY_0900)
    with pytest.raises(Conflict):
        saving.save(theirs, by=None, at=MONDAY_0900)
    assert Article.objects.get(code="new").short == "我的"


def test_outdated_ending_and_unreviewed_ones_wait_to_be_reviewed():
    written("over", valid_from=TODAY - timedelta(9), valid_until=TODAY - timedelta(1))
    written("ends", valid_until=TODAY + timedelta(30))
    written("later", valid_until=TODAY + timedelta(31))
    written("old", reviewed_on=TODAY - timedelta(366))
    waiting = Article.objects.to_review(TODAY).values_list("code", flat=True)
    assert set(waiting) == {"over", "ends", "old"}
