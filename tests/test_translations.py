"""English: that it is complete and in step, and that whoever asks for it gets it.

After a new text in Chinese: `make messages`, fill in waterdesk/locale/en, `make messages` again.
"""

from __future__ import annotations

import ast
import gettext
import re
import struct
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from rest_framework.authtoken.models import Token

from tests.catalogue import MO, entries, holes, in_python, in_template, parsed, wanted
from tests.factories import MONDAY_0900, open_ticket, staff
from waterdesk.core.models import Utility
from waterdesk.core.wording import limit, when

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


# --- the catalogue ------------------------------------------------------------------------------
def test_every_text_of_the_sources_is_in_the_catalogue():
    known = {entry.key for entry in entries()}
    assert {place: key for key, place in wanted().items() if key not in known} == {}


def test_the_catalogue_keeps_nothing_the_sources_no_longer_say():
    assert [entry.text for entry in entries() if entry.key not in wanted()] == []


def test_everything_is_translated_and_nothing_only_guessed():
    assert [e.text for e in entries() if "fuzzy" in e.flags or not all(e.said)] == []


def test_no_translation_is_still_chinese():
    assert [entry.text for entry in entries() if CHINESE.search("".join(entry.said))] == []


def test_placeholders_and_tags_are_those_of_the_source():
    wrong = [e.text for e in entries() if any(holes(said) != holes(e.text) for said in e.said)]
    assert wrong == []


def test_a_text_with_a_plural_has_both_forms():
    assert [e.text for e in entries() if len(e.said) != (2 if e.plural else 1)] == []


def test_what_is_compiled_is_what_is_written():
    with MO.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    different = [e.text for e in entries() if e.plural == "" and e.said != (said(compiled, e),)]
    different += [e.text for e in entries() if e.plural and e.said != forms(compiled, e)]
    assert different == []


def test_what_is_compiled_holds_nothing_else():
    magic, _revision, count = struct.unpack("<3I", MO.read_bytes()[:12])
    assert magic == 0x950412DE
    assert count == len(entries()) + 1  # the header


def said(compiled, entry):
    look_up = {True: compiled.pgettext, False: lambda _context, text: compiled.gettext(text)}
    return look_up[bool(entry.context)](entry.context, entry.text)


def forms(compiled, entry):
    return tuple(compiled.ngettext(entry.text, entry.plural, n) for n in (1, 2))


# --- the reader itself --------------------------------------------------------------------------
def test_calls_of_gettext_are_found_in_python():
    code = (
        '_("一" "二")\npgettext_lazy("move", "三")\nngettext("四", "五", n)\n_(text)\nother("六")'
    )
    found = [key for _line, key in in_python(ast.parse(code))]
    assert found == [("", "一二"), ("move", "三"), ("", "四"), ("", "text")]


def test_translated_texts_are_found_in_templates():
    text = """{% load i18n %}{% translate "一" %}{% button _('二') note=_("三") %}
        {{ a|default:_("四") }}{% blocktranslate with b=c %}五 {{ b }}{% endblocktranslate %}
        {% translate "六" context "x" %}七{# {% translate "八" %} #}"""
    expected = [("", "一"), ("", "二"), ("", "三"), ("", "四"), ("", "五 %(b)s"), ("x", "六")]
    assert list(in_template(text)) == expected


def test_a_catalogue_is_read_with_its_contexts_plurals_and_flags():
    text = '#, fuzzy\nmsgctxt "c"\nmsgid ""\n"一"\n"二"\nmsgstr "one"\n\nmsgid "三"\n'
    text += 'msgid_plural "四"\nmsgstr[0] "a"\nmsgstr[1] "b"\n\n#~ msgid "五"\n#~ msgstr "six"\n'
    first, second, gone = parsed(text)
    assert (first.key, first.said, first.flags) == (("c", "一二"), ("one",), "fuzzy")
    assert (second.text, second.plural, second.said) == ("三", "四", ("a", "b"))
    assert gone.text == ""


# --- over the API -------------------------------------------------------------------------------
@pytest.fixture
def ask(client, db):
    token = Token.objects.get_or_create(user=staff("agent"))[0].key

    def answer(language, path, body=None, **headers):
        headers |= {"Authorization": f"Token {token}"} | language
        call = client.get if body is None else client.post
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        return call(f"/api/v1/{path}", headers=headers, **more).json()

    return answer


ENGLISH, BRITISH = {"Accept-Language": "en"}, {"Accept-Language": "en-GB,en;q=0.9,zh;q=0.1"}
NOTHING, MAINLAND = {}, {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
FRENCH = {"Accept-Language": "fr"}


@pytest.mark.parametrize("language", [ENGLISH, BRITISH])
def test_a_refusal_is_english_for_who_reads_english(ask, language):
    answer = ask(language, "tickets/T2611160000000/")
    assert answer == {"code": "not_found", "detail": "There is no such case."}


@pytest.mark.parametrize("language", [NOTHING, MAINLAND, FRENCH])
def test_a_refusal_is_chinese_for_everybody_else(ask, language):
    answer = ask(language, "tickets/T2611160000000/")
    assert answer == {"code": "not_found", "detail": "没有找到该办件。"}


def test_a_refusal_names_statuses_and_moves_in_the_same_language(ask):
    path = f"tickets/{open_ticket(by=staff('agent'), at=MONDAY_0900).number}/moves/"
    english = ask(ENGLISH, path, {"action": "follow_up"})["detail"]
    chinese = ask(NOTHING, path, {"action": "follow_up"})["detail"]
    assert english == "The case is now “Logged”, so “Follow up” is not possible."
    assert chinese == "办件现在的状态是“已登记”，不能“回访”。"


def test_every_field_at_fault_is_told_in_the_same_language(ask):
    body = {"category": "repair", "subtype": "leak", "caller": {"phone": "1"}, "calibre_mm": "x"}
    english, chinese = ask(ENGLISH, "tickets/", body), ask(NOTHING, "tickets/", body)
    assert english["fields"].keys() == chinese["fields"].keys()
    assert not CHINESE.search("".join(english["fields"].values()) + english["detail"])
    assert all(CHINESE.search(text) for text in chinese["fields"].values())


# Django REST framework's own words, and those for an address that does not exist.
@pytest.mark.parametrize("path", ["clocks/", "nowhere/"])
def test_refusals_that_are_not_the_desks_own_follow(client, db, path):
    said = {code: client.get(f"/api/v1/{path}", headers={"Accept-Language": code}).json()["detail"]
            for code in ("en", "zh-hans")}  # fmt: skip
    assert not CHINESE.search(said["en"])
    assert CHINESE.search(said["zh-hans"])


# --- pages --------------------------------------------------------------------------------------
PAGES = ["/login/", "/desk/login/", "/track/", "/track/A2611160000000/", "/nowhere/"]


@pytest.fixture
def plain_names(db):
    """A utility whose name is no Chinese, so that every Chinese word left is a slip."""
    Utility.objects.update(name="Riverside Water", revision=10**6)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_english_to_the_last_word(client, plain_names, path):
    page = client.get(path, headers=ENGLISH, follow=True).content.decode()
    assert '<html lang="en">' in page
    assert CHINESE.findall(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_chinese_unless_english_is_asked_for(client, plain_names, path):
    page = client.get(path, follow=True).content.decode()
    assert '<html lang="zh-hans">' in page
    assert CHINESE.search(page)


DESK = ["/", "/desk/board/", "/desk/cases/", "/desk/jobs/", "/inbox/",
        "/desk/duty/", "/desk/duty/patterns/", "/desk/duty/leave/", "/desk/duty/mine/"]  # fmt: skip


@pytest.mark.parametrize("path", DESK)
def test_a_page_of_the_desk_says_nothing_chinese_but_data(client, plain_names, path):
    lead = staff("lead", "company", name="lead")
    client.force_login(lead)
    lead.area.name = "Company"
    lead.area.save()
    page = client.get(path, headers=ENGLISH).content.decode()
    assert '<html lang="en">' in page
    assert set(CHINESE.findall(without_choices(page))) == set()


def without_choices(page):
    """Areas in a drop-down are data."""
    return re.sub(r"<option.*?</option>", "", page)


# --- words --------------------------------------------------------------------------------------
def test_days_and_limits_read_well():
    with translation.override("en"):
        assert when(MONDAY_0900, MONDAY_0900 - timedelta(days=3)) == "Mon 16 Nov 09:00"
        assert when(MONDAY_0900, MONDAY_0900 - timedelta(days=365)) == "Mon 16 Nov 2026 09:00"
        assert limit(Decimal("0.5"), "days") == "0.5 working day"
        assert limit(Decimal("3"), "workdays") == "3 working days"
