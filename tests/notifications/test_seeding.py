from __future__ import annotations

import json
from pathlib import Path

import pytest

from notifications.models import Text
from notifications.seeding import Loaded, SeedError, load

pytestmark = pytest.mark.django_db

OPENED = {"key": "t.opened", "channel": "sms", "body": "已收到 {number}", "source": "默认文案"}
CODE = {"key": "t.code", "channel": "sms", "body": "{code}", "secret": True, "ttl_minutes": 5}


@pytest.fixture
def seeds(tmp_path: Path):
    def write(*entries: object) -> Path:
        (tmp_path / "messages.json").write_text(json.dumps(entries), "utf-8")
        return tmp_path

    return write


def body(key: str = "t.opened") -> str:
    return Text.objects.get(key=key).body


def test_loading_again_changes_nothing(seeds):
    folder = seeds(OPENED, CODE)
    assert load(folder) == Loaded(created=2, updated=0, kept=0)
    assert load(folder) == Loaded(created=0, updated=0, kept=0)
    assert load(folder, update=True) == Loaded(created=0, updated=0, kept=0)


def test_a_better_wording_reaches_who_has_not_edited_it(seeds):
    load(seeds(OPENED))
    assert load(seeds(OPENED | {"body": "收到啦 {number}"})) == Loaded(0, updated=1, kept=0)
    assert body() == "收到啦 {number}"


def test_the_utilitys_own_wording_is_kept_unless_told_otherwise(seeds):
    load(seeds(OPENED))
    text = Text.objects.get(key="t.opened")
    text.body = "我们自己的说法"
    text.save()
    newer = seeds(OPENED | {"body": "新"})
    assert load(newer) == Loaded(0, 0, kept=1)
    assert body() == "我们自己的说法"
    assert load(newer, update=True) == Loaded(0, updated=1, kept=0)
    assert body() == "新"


def test_a_silenced_text_stays_silent(seeds):
    load(seeds(OPENED))
    Text.objects.update(active=False)
    load(seeds(OPENED | {"body": "新"}), update=True)
    assert not Text.objects.get(key="t.opened").active


@pytest.mark.parametrize(
    "bad",
    [
        OPENED | {"body": "{0}"},
        OPENED | {"body": ""},
        OPENED | {"channel": "pigeon"},
        OPENED | {"ttl_minutes": "soon"},
        {"key": "t.no-body", "channel": "sms"},
        "text",
    ],
    ids=str,
)
def test_a_bad_entry_is_refused_and_nothing_is_loaded(seeds, bad: object):
    with pytest.raises(SeedError, match=r"messages\.json"):
        load(seeds(CODE, bad))
    assert not Text.objects.filter(key="t.code").exists()


def test_an_entry_that_stands_there_twice_is_refused(seeds):
    with pytest.raises(SeedError, match="twice"):
        load(seeds(OPENED, OPENED))


@pytest.mark.parametrize("content", ["", "{}x", "{}", "\x00"])
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, content: str):
    (tmp_path / "messages.json").write_text(content, "utf-8")
    with pytest.raises(SeedError):
        load(tmp_path)


def test_loading_costs_the_same_queries_for_any_number_of_texts(
    seeds, django_assert_max_num_queries
):
    many = [OPENED | {"key": f"t.{n}"} for n in range(50)]
    with django_assert_max_num_queries(5):
        load(seeds(*many))
    with django_assert_max_num_queries(5):
        load(seeds(*[text | {"body": "新"} for text in many]))
