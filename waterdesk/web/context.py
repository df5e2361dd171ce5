"""What every page knows: the utility, the way around by role, the badges, whether all is alive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.models import Message
from waterdesk.core import duty, health, policy
from waterdesk.core.flow import DISPATCH, Label
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.people import Role
from waterdesk.web import outages, paging

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

# How far ahead a gap of the roster rings.
SOON = timedelta(hours=24)
# A badge says 99+ and counts no further: its price does not follow the backlog.
MOST = 99


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the way around: a named address, its words, an icon, the name of a badge.

    `group` is the heading that it stands below where there are many; "" is every day's work.
    """

    url_name: str
    label: Label
    icon: str
    badge: str = ""
    group: Label = ""


# So many entries are taken in at one glance; more of them stand below headings. *chosen*
FEW = 8
CALLING, CONNECTIONS, FIGURES, KEEPING = _("热线"), _("报装"), _("统计分析"), _("管理")
GROUPS: tuple[Label, ...] = ("", CALLING, CONNECTIONS, FIGURES, KEEPING)

HOME = Place("home", _("首页"), "home")
BOARD = Place("board", _("看板"), "board", badge="late")
CASES = Place("cases", _("办件"), "list")
MAP = Place("map", _("地图"), "map")
PROJECTS = Place("projects", _("前置项目"), "building", group=CONNECTIONS)
HOTLINE = Place("hotline", _("来电登记"), "headset")
CALLS = Place("calls", _("来电记录"), "phone", group=CALLING)
DISPATCHING = Place("dispatch", _("派单"), "send", group=CALLING)
ORDERS = Place("orders", _("转办单"), "file", group=CALLING)
OUTAGES = Place("outages", _("停水"), "water", group=CALLING)
CALL_BACKS = Place("call-backs", _("承诺回电"), "clock", group=CALLING)
HAND_OVER = Place("hand-over", _("交接班"), "users", group=CALLING)
WALLBOARD = Place("wallboard", _("热线大屏"), "chart", group=CALLING)
KNOWLEDGE = Place("knowledge", _("知识库"), "help", group=CALLING)
INCIDENTS = Place("incidents", _("事件"), "flag", group=CALLING)
COUNTER = Place("counter", _("窗口受理"), "edit")
JOBS = Place("jobs", _("我的任务"), "jobs")
CREW = Place("crew", _("外勤手机"), "truck")
CREW_TIMES = Place("crew-times", _("断网补传"), "clock", group=KEEPING)
DUTY = Place("duty", _("值班"), "calendar", group=KEEPING)
MY_SHIFTS = Place("my-shifts", _("我的班次"), "calendar", group=KEEPING)
INBOX = Place("inbox", _("消息"), "inbox")
APPLY = Place("apply", _("用水报装"), "drop")
TRACK = Place("track-form", _("查询进度"), "search")
CONTRACTS = Place("contracts", _("未签合同"), "file", group=CONNECTIONS)
PERMITS = Place("permits", _("许可"), "flag", group=CONNECTIONS)
STANDINGS = Place("standings", _("减免与期限"), "calendar", group=CONNECTIONS)
FOLLOW_UP = Place("follow-up", _("回访"), "phone")
TODAY = Place("today", _("今日要看"), "eye")
ANOMALIES = Place("anomalies", _("疑点"), "search", group=FIGURES)
OVERSIGHT = Place("oversight", _("总览"), "chart", group=FIGURES)
BREACHES = Place("breaches", _("超时统计"), "gauge", group=FIGURES)
FOUR_ZEROS = Place("four-zeros", _("四零达标"), "shield", group=FIGURES)
WHAT_IF = Place("what-if", _("时限推演"), "chart", group=FIGURES)
REPORTS = Place("reports", _("监督报告"), "file", group=FIGURES)
GROUND = Place("ground", _("片区与地址"), "pin", group=KEEPING)
RESULTS = Place("results", _("结果推送"), "send", group=KEEPING)
CHANGES = Place("changes", _("配置变更"), "edit", group=KEEPING)
RECORD = Place("record", _("留痕与封签"), "lock", group=KEEPING)
ADMIN = Place("admin:index", _("设置"), "settings", group=KEEPING)

CALLS_OF_ALL = (
    CALLS, CALL_BACKS, HAND_OVER, WALLBOARD, DISPATCHING, INCIDENTS, OUTAGES, ORDERS, KNOWLEDGE,
)  # fmt: skip
PLACES: dict[str, tuple[Place, ...]] = {
    "": (HOME, APPLY, TRACK),
    Role.CUSTOMER.value: (HOME, APPLY, TRACK, INBOX),
    Role.AGENT.value: (
        HOME, HOTLINE, BOARD, CASES, MAP, *CALLS_OF_ALL, FOLLOW_UP, PROJECTS, INBOX, MY_SHIFTS,
    ),
    Role.CLERK.value: (
        HOME, COUNTER, OUTAGES, KNOWLEDGE, BOARD, CASES, FOLLOW_UP, PROJECTS, INBOX, PERMITS,
        CONTRACTS, STANDINGS, MY_SHIFTS,
    ),
    Role.FIELD.value: (CREW, JOBS, CASES, MY_SHIFTS, MAP, INBOX),
    Role.LEAD.value: (
        HOME, TODAY, BOARD, CASES, MAP, JOBS, HOTLINE, *CALLS_OF_ALL, DUTY, FOLLOW_UP, PROJECTS,
        INBOX, PERMITS, CONTRACTS, STANDINGS, OVERSIGHT, BREACHES, FOUR_ZEROS, REPORTS, CREW_TIMES,
        GROUND,
    ),
    Role.SUPERVISOR.value: (
        HOME, TODAY, BOARD, CASES, MAP, WALLBOARD, DISPATCHING, INCIDENTS, OUTAGES, ORDERS,
        KNOWLEDGE, DUTY, FOLLOW_UP, PROJECTS, INBOX, PERMITS, CONTRACTS, STANDINGS, OVERSIGHT,
        BREACHES, ANOMALIES, FOUR_ZEROS, REPORTS, WHAT_IF, RESULTS, RECORD, CHANGES,
    ),
    Role.ADMIN.value: (
        HOME, TODAY, BOARD, CASES, MAP, HOTLINE, *CALLS_OF_ALL, COUNTER, DUTY, FOLLOW_UP, PROJECTS,
        INBOX, PERMITS, CONTRACTS, STANDINGS, OVERSIGHT, BREACHES, ANOMALIES, FOUR_ZEROS, REPORTS,
        WHAT_IF, RESULTS, RECORD, GROUND, CHANGES, ADMIN,
    ),
}  # fmt: skip

# What the key "n" opens: the form somebody of this role fills in all day.
NEW: dict[str, str] = {
    Role.AGENT.value: "hotline",
    Role.CLERK.value: "counter",
    Role.LEAD.value: "hotline",
    Role.ADMIN.value: "hotline",
}


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Everything is looked up only if the page shows it."""
    user = getattr(request, "user", None)
    found: dict[str, Any] = {
        "utility": SimpleLazyObject(lambda: policy.current().utility),
        "nav": SimpleLazyObject(partial(_nav, request)),
        "silent": SimpleLazyObject(partial(_silent, request)),
        "unmanned": SimpleLazyObject(partial(_unmanned, request)),
        "open_soon": SimpleLazyObject(partial(_open_soon, request)),
        "outages_here": SimpleLazyObject(partial(outages.here, request)),
    }
    if user is None or not user.is_authenticated:
        return found
    found |= {"inbox_url": reverse("inbox"), "inbox_count": SimpleLazyObject(partial(unread, user))}
    if user.is_desk:
        found["search_url"] = reverse("cases")
        found["new_url"] = reverse(NEW[user.role]) if user.role in NEW else ""
        if settings.TELEPHONY and user.role in DISPATCH:
            found["calls_stream"] = f"{settings.CALLS_STREAM_URL}{reverse('call-stream')}"
    return found


def unread(user: User) -> str:
    """The number on the inbox: "" for none, at most 99+."""
    count = paging.capped(Message.objects.inbox_of(user).unread(), MOST)
    return paging.in_words(count, MOST) if count else ""


def late(user: User) -> str:
    """The number on the board: open clocks past their limit."""
    rows = Clock.objects.visible_to(user).open().filter(state=Clock.State.BREACHED)
    count = paging.capped(rows, MOST)
    return paging.in_words(count, MOST) if count else ""


BADGES: dict[str, Callable[[User], str]] = {"late": late}


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    role = user.role if user is not None and user.is_authenticated else ""
    return [
        {
            "url": (url := reverse(place.url_name)),
            "label": place.label,
            "icon": place.icon,
            "group": group,
            "badge": BADGES[place.badge](user) if place.badge else "",
            "active": request.path == url or (url != "/" and request.path.startswith(url)),
        }
        for group, place in grouped(PLACES[role])
    ]


def grouped(places: tuple[Place, ...]) -> list[tuple[Label, Place]]:
    """Each place with its heading, in the order of the headings; few places have none."""
    if len(places) <= FEW:
        return [("", place) for place in places]
    in_order = sorted(places, key=lambda place: GROUPS.index(place.group))
    return [(place.group, place) for place in in_order]


def _silent(request: HttpRequest) -> list[str]:
    """Which parts of the machinery are silent; only people of the utility are told."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_desk:
        return []
    return health.silent_parts(request.now)


def _unmanned(request: HttpRequest) -> str:
    """The areas for which nobody is on duty though a ladder counts on somebody; for leads."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.role not in duty.KEEPERS:
        return ""
    return gettext("、").join(duty.uncovered(user, policy.current(), request.now))


def _open_soon(request: HttpRequest) -> list[dict[str, str]]:
    """The gaps that begin within a day, for leads whose ladders count on a roster."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.role not in duty.KEEPERS:
        return []
    rules, now = policy.current(), request.now
    if not duty.asked_for(rules):
        return []
    return [
        {"area": rules.areas[gap.area_id].name, "span": duty.span_of(gap.starts_at, gap.ends_at)}
        for gap in duty.gaps(duty.areas_of(user, rules), rules, now, now + SOON)
        if gap.starts_at > now
    ]
