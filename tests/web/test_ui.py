"""The components: they say what they are given, escape it, and keep to the content policy."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.urls import reverse

from waterdesk.web import icons

WEB = Path(__file__).resolve().parents[2] / "waterdesk" / "web"
STATIC = WEB / "static" / "waterdesk"
ROOT = WEB.parents[1]
TEMPLATES = sorted(
    path
    for folder in (WEB, ROOT / "applications", ROOT / "tickets")
    for path in folder.rglob("templates/**/*.html")
)
EVIL = '<script>alert("1")</script>'
NOW = datetime(2026, 11, 20, 15, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def draw(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


class Person(forms.Form):
    kind = forms.ChoiceField(
        label="申请人", choices=[("p", "个人"), ("o", "单位")], widget=forms.RadioSelect
    )
    phone = forms.CharField(label="手机号", help_text="接收短信")
    line = forms.BooleanField(label="外线", required=False)
    remark = forms.CharField(label="说明", required=False, widget=forms.Textarea)
    token = forms.CharField(widget=forms.HiddenInput, initial="t1")


class Tags(HTMLParser):
    """Every opening tag with its attributes, and the tags left open at the end."""

    VOID = frozenset({"input", "meta", "link", "br", "hr", "img", "use", "path", "rect"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        self.open += [tag] * (tag not in self.VOID)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def having(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _tag, attrs in self.seen if name in attrs]


# --- what somebody typed stays text --------------------------------------------------------------
@pytest.mark.parametrize(
    "source",
    [
        "{% button evil %}",
        "{% button 'x' href=evil confirm=evil %}",
        "{% chip evil %}",
        "{% badge evil label=evil %}",
        "{% avatar evil %}",
        "{% stat evil evil note=evil unit=evil %}",
        "{% tile evil '#' 'drop' note=evil %}",
        "{% card title=evil note=evil %}{{ evil }}{% endcard %}",
        "{% cells title=evil note=evil %}{% cell evil note=evil value=evil %}{% endcells %}",
        "{% kv %}{% kv_row evil evil copy=True %}{% endkv %}",
        "{% alert evil title=evil %}",
        "{% alert_box title=evil %}{{ evil }}{% endalert_box %}",
        "{% empty evil note=evil %}{{ evil }}{% endempty %}",
        "{% table caption=evil %}<tr><td>{{ evil }}</td></tr>{% endtable %}",
        "{% dialog evil title=evil %}{{ evil }}{% enddialog %}",
        "{% hero evil lead=evil %}{{ evil }}{% endhero %}",
        "{% more evil %}{{ evil }}{% endmore %}",
        "{% icon 'drop' label=evil %}",
        "{% words as held %}{{ evil }}{% endwords %}{{ held }}",
        "{% clock face %}{% clock_panel face title=evil %}",
        "{% steps steps %}",
        "{% timeline entries now=now %}",
        "{% tabs items label=evil %}",
        "{% pager newer=evil older=evil note=evil %}",
        "{% filters action=evil clear=evil %}{{ evil }}{% endfilters %}",
        "{% field form.phone hint=evil placeholder=evil suffix=evil label=evil %}",
    ],
)
def test_a_component_escapes_what_it_shows(source):
    html = draw(
        source,
        evil=EVIL,
        now=NOW,
        form=Person(),
        face={"tone": "ok", "words": EVIL, "due_words": EVIL, "share": 3},
        steps=[{"name": EVIL, "status": "active", "note": EVIL}],
        items=[{"label": EVIL, "url": EVIL, "count": EVIL}],
        entries=[{"at": NOW, "title": EVIL, "who": EVIL, "role": EVIL, "status": EVIL,
                  "lines": [(EVIL, EVIL)], "note": EVIL}],
    )  # fmt: skip
    assert "&lt;script&gt;" in html or "&lt;" in html
    assert "<script" not in html


# --- what the content policy refuses is nowhere --------------------------------------------------
@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_what_the_content_policy_refuses(path):
    source = path.read_text("utf-8")
    assert re.findall(r"\sstyle=|\son[a-z]+=[\"']|\shx-on|javascript:|<style", source) == []


def test_every_icon_a_template_names_exists():
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r"(?:icon |icon=)\"([\w-]+)\"", path.read_text("utf-8"))
    }
    assert named - set(icons.names()) == set()


def test_an_icon_nobody_drew_is_refused_by_name():
    with pytest.raises(LookupError, match="no icon 'unicorn'"):
        draw("{% icon 'unicorn' %}")


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.css")), ids=lambda path: path.name)
def test_every_size_and_colour_has_a_name_in_the_tokens(path):
    known = set(re.findall(r"(--[\w-]+):", "".join(p.read_text() for p in STATIC.glob("*.css"))))
    assert set(re.findall(r"var\((--[\w-]+)", path.read_text("utf-8"))) - known == set()


def test_the_styles_and_scripts_stay_small():
    sizes = {
        kind: sum(p.stat().st_size for p in STATIC.glob(f"*.{kind}")) for kind in ("css", "js")
    }
    assert sizes["css"] <= 45_000
    assert sizes["js"] <= 10_000


# --- fields --------------------------------------------------------------------------------------
def test_a_field_says_what_is_wrong_with_it_to_everybody():
    tags = Tags(draw("{% field form.phone inputmode='phone' %}", form=Person({})))
    control = tags.having("aria-invalid")[0]
    ids = {attrs["id"] for attrs in tags.having("id")}
    assert control["inputmode"] == "tel"
    assert "required" in control
    assert set(control["aria-describedby"].split()) == {"id_phone_helptext", "id_phone_error"}
    assert set(control["aria-describedby"].split()) <= ids
    assert tags.open == []


def test_a_required_field_bears_a_star_and_an_optional_one_none():
    assert "req" in draw("{% field form.phone %}", form=Person())
    assert "req" not in draw("{% field form.remark %}", form=Person())


@pytest.mark.parametrize("look", ["tiles", "segments", ""])
def test_choices_stand_in_a_group_with_a_name(look):
    html = draw("{% field form.kind as=look %}", form=Person({"kind": "o"}), look=look)
    tags = Tags(html)
    assert tags.seen[0][0] == "fieldset"
    assert "<legend" in html
    assert [a["value"] for a in tags.having("checked")] == ["o"]
    assert tags.open == []


def test_the_summary_of_errors_leads_to_every_field_at_fault():
    form = Person({})
    form.add_error(None, "同一地址已有在办的申请。")
    html = draw("{% form_errors form %}{% fields form %}", form=form)
    tags = Tags(html)
    wanted = {attrs["href"] for attrs in tags.having("href") if attrs["href"].startswith("#")}
    assert wanted == {"#id_kind", "#id_phone"}
    assert wanted <= {f"#{attrs['id']}" for attrs in tags.having("id")}
    assert "同一地址已有在办的申请。" in html
    assert 'name="token"' in html


def test_an_unknown_option_of_a_field_is_refused():
    with pytest.raises(ValueError, match="inputmode"):
        draw("{% field form.phone inputmode='telephone' %}", form=Person())


def test_an_identity_number_is_not_kept_in_a_draft():
    assert "data-private" in draw("{% field form.phone inputmode='id' %}", form=Person())


# --- clocks --------------------------------------------------------------------------------------
def face(left: timedelta, due: timedelta, **more: object) -> dict[str, object]:
    shown = {"tone": "ok", "words": "还剩", "due_words": "到期", "share": 40, "is_open": True}
    return {**shown, "now": NOW, "left": left, "due_at": NOW + due, **more}


def counted(**context: object) -> dict[str, str | None]:
    tags = Tags(draw("{% clock face counting_until=until %}", **{"until": None, **context}))
    return tags.seen[0][1]


def test_a_clock_goes_on_in_the_browser_where_every_minute_counts():
    shown = counted(face=face(timedelta(minutes=80), timedelta(minutes=80)))
    assert shown["data-left"] == "4800"
    assert "data-run" not in shown


def test_a_clock_with_a_night_before_its_end_stands_still_in_the_browser():
    assert "data-left" not in counted(face=face(timedelta(minutes=80), timedelta(hours=18)))


def test_a_clock_in_working_time_goes_on_until_closing():
    shown = counted(
        face=face(timedelta(minutes=200), timedelta(hours=18)), until=NOW + timedelta(minutes=50)
    )
    assert (shown["data-left"], shown["data-run"]) == ("12000", "3000")


@pytest.mark.parametrize("tone", ["paused", "good", "plain"])
def test_a_clock_at_rest_does_not_go_on(tone):
    shown = counted(face=face(timedelta(minutes=80), timedelta(minutes=80), tone=tone))
    assert "data-left" not in shown


@pytest.mark.parametrize("tone", list(icons.OF_TONE))
def test_a_tone_never_speaks_by_its_colour_alone(tone):
    html = draw("{% chip '字' tone=tone %}", tone=tone)
    assert f"#{icons.OF_TONE[tone]}" in html
    assert "字" in html


# --- pages ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", ["components", "customer", "desk", "refusal"])
@pytest.mark.parametrize("query", ["", "?broken=1", "?flash=1"])
def test_the_page_of_all_components_is_whole(client, db, settings, page, query):
    settings.DEBUG = True
    answer = client.get(reverse("style-page", args=[page]) + query)
    tags = Tags(answer.content.decode())
    ids = [attrs["id"] for attrs in tags.having("id")]
    assert answer.status_code == 200
    assert tags.open == []
    assert sorted(ids) == sorted(set(ids))
    assert tags.having("style") == []
    assert {a["for"] for a in tags.having("for")} <= set(ids)


def test_without_debug_there_is_no_such_page(client, db):
    assert client.get(reverse("style")).status_code == 404


def test_a_part_of_the_page_that_nobody_filled_is_left_out():
    assert draw("{% region 'actionbar' %}  \n{% endregion %}") == ""


def test_a_block_tag_must_be_closed():
    with pytest.raises(TemplateSyntaxError):
        draw("{% card %}")


@pytest.mark.parametrize("name", ["400", "403", "404", "429", "500", "web/failure"])
def test_an_error_page_needs_nothing(name):
    from django.template.loader import get_template

    html = get_template(f"{name}.html").render({})
    assert Tags(html).open == []
    assert "返回首页" in html
