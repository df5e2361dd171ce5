"""The page that shows every component in every state. With DEBUG only.

Its words are samples, nobody's to translate.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from waterdesk.web import icons

# All of the page speaks from this instant, so that two pictures of it can be compared.
NOW = datetime(2026, 11, 20, 15, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
PAGES = ("components", "customer", "desk", "refusal")
TONES = ("plain", "busy", "ok", "good", "warn", "bad", "paused")


class Sample(forms.Form):
    """One field of every sort."""

    kind = forms.ChoiceField(
        label="申请人", choices=[("person", "个人"), ("organisation", "单位")],
        widget=forms.RadioSelect, initial="person",
    )  # fmt: skip
    name = forms.CharField(label="姓名", max_length=60)
    phone = forms.CharField(label="手机号", help_text="进度短信发到这个号码。")
    id_number = forms.CharField(label="身份证号码", required=False, help_text="选填，18 位。")
    use = forms.ChoiceField(
        label="用水性质", choices=[("", "请选择"), ("r", "居民"), ("n", "非居民")]
    )  # fmt: skip
    calibre = forms.ChoiceField(
        label="口径", choices=[(n, f"DN{n}") for n in (15, 20, 25, 32, 40, 50)],
        widget=forms.RadioSelect, initial=20,
    )  # fmt: skip
    length = forms.DecimalField(label="管长", required=False)
    line = forms.BooleanField(label="需要外线工程", required=False)
    tell = forms.MultipleChoiceField(
        label="通知方式", choices=[("sms", "短信"), ("inbox", "站内消息")],
        widget=forms.CheckboxSelectMultiple, initial=["sms"],
    )  # fmt: skip
    remark = forms.CharField(label="说明", required=False, widget=forms.Textarea)
    code = forms.CharField(label="验证码", max_length=6)


def clock(tone: str, words: str, due_words: str, share: int, left: timedelta) -> dict[str, Any]:
    """A clock as the components read it."""
    return {
        "tone": tone, "words": words, "due_words": due_words, "share": share, "now": NOW,
        "left": left, "due_at": NOW + left, "is_open": tone in ("ok", "warn", "bad"),
    }  # fmt: skip


def clocks() -> list[dict[str, Any]]:
    minutes = [80, 12, -25, 60, 0]
    left = [timedelta(minutes=each) for each in minutes]
    return [
        clock("ok", "还剩 1 小时 20 分", "今天 16:30 到期", 42, left[0]),
        clock("warn", "还剩 12 分钟", "今天 15:22 到期", 86, left[1]),
        clock("bad", "已超 25 分钟", "应于 今天 14:45", 100, left[2]),
        clock("paused", "停表中，还剩 1 小时", "恢复后顺延", 75, left[3])
        | {"in_working_time": "（工作时间）"},
        clock("good", "按时完成，用时 2 小时 5 分", "应于 今天 16:30", 52, left[4]),
    ]


def entries() -> list[dict[str, Any]]:
    def ago(minutes: int) -> datetime:
        return NOW - timedelta(minutes=minutes)

    return [
        {"at": ago(5), "title": "“新装 0.5 个工作日”已用 80%，发出提醒", "tone": "warn",
         "system": True},
        {"at": ago(55), "title": "恢复计时", "who": "周敏", "role": "窗口人员", "tone": "ok"},
        {"at": ago(175), "title": "停表", "who": "周敏", "role": "窗口人员", "tone": "paused",
         "status": "待用户补正", "lines": [("原因", "待用户补正")],
         "note": "门牌号与产权登记不一致，已电话联系客户，客户稍后补充。"},
        {"at": ago(1510), "title": "受理", "system": True, "tone": "good", "status": "已受理"},
        {"at": ago(1511), "title": "提交申请", "who": "您"},
    ]  # fmt: skip


def rows() -> list[dict[str, Any]]:
    """Lines of a list, as the board has them."""
    faces = clocks()
    people = ["张伟", "王芳", "李秀英", "䶮海", "中南机电设备制造有限公司"]
    places = [
        "天元区泰山路 88 号", "石峰区响石岭街道清水塘社区 3 栋 2 单元 1204",
        "芦淞区建设中路 12 号", "荷塘区红旗广场", "渌口区南洲镇工业园 6 号",
    ]  # fmt: skip
    what = ["新装 · DN20", "爆管", "漏水", "新装 · DN100", "水表故障"]
    status = [
        ("待装表", "busy"), ("已到场", "busy"), ("待派单", "warn"), ("待用户补正", "paused"),
        ("已办结", "good"),
    ]  # fmt: skip
    return [
        {"number": f"A26112000{i}", "what": what[i], "name": people[i], "place": places[i],
         "status": status[i][0], "tone": status[i][1], "face": faces[i]}
        for i in (2, 1, 0, 3, 4)
    ]  # fmt: skip


def style(request: HttpRequest, page: str = "components") -> HttpResponse:
    """/style/ and /style/<page>/; `?broken=1` shows the forms with errors, `?flash=1` messages."""
    if not settings.DEBUG or page not in PAGES:
        raise Http404
    broken = request.GET.get("broken") == "1"
    form = Sample({"phone": "1381234"} if broken else None)
    if broken:
        form.add_error("phone", "请填写 11 位手机号。")
        form.add_error(None, "同一地址已有在办的申请，请先查询进度。")
    if request.GET.get("flash"):
        messages.success(request, "已提交，编号 A2611200001。")
        messages.warning(request, "演示：这是一条提醒。")
    return render(request, f"style/{page}.html", _context(request, form), status=200)


def _context(request: HttpRequest, form: Sample) -> dict[str, Any]:
    labels = [
        ("首页", "home", ""), ("看板", "board", "3"), ("办件", "list", ""),
        ("来电登记", "phone", ""), ("窗口受理", "edit", ""), ("我的任务", "jobs", ""),
        ("消息", "inbox", "12"),
    ]  # fmt: skip
    return {
        "form": form, "filter": Sample(auto_id="filter_%s"), "ask": Sample(auto_id="ask_%s"),
        "now": NOW, "tones": TONES, "icon_names": icons.names(), "clocks": clocks(),
        "entries": entries(), "rows": rows(), "title": _("没有找到"), "status": 404,
        "message": _("没有找到该办件。"), "inbox_count": 12, "search_url": request.path,
        "new_url": request.path,
        "utility": {"name": "示例市供水公司", "hotline": "96390"},
        "nav": [
            {"url": request.path, "label": label, "icon": icon, "badge": badge, "active": i == 1}
            for i, (label, icon, badge) in enumerate(labels)
        ],
        "steps_list": [
            [{"name": "申请受理", "status": one}, {"name": "装表通水", "status": two}]
            for one, two in [
                ("active", "waiting"), ("done", "active"), ("done", "paused"), ("done", "done"),
                ("stopped", "stopped"),
            ]
        ],
        "tabs": [
            {"label": "全部", "url": "?tab=all", "active": True, "count": 128},
            {"label": "超时", "url": "?tab=late", "active": False, "count": 3},
            {"label": "停表", "url": "?tab=paused", "active": False, "count": 0},
        ],
    }  # fmt: skip
