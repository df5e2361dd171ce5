"""The pages that both kinds of case share."""

from __future__ import annotations

from django.urls import path, register_converter

from waterdesk.web import (
    board,
    calendars,
    case_page,
    cases,
    health_page,
    home,
    inbox,
    jobs,
    pauses,
    photos,
    roster,
    track,
    views_style,
    what_if,
    why_page,
)


class Number:
    """A case number as it may stand in an address; whether it exists is the view's to find out."""

    regex = "[A-Za-z0-9]{1,24}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Digest(Number):
    """What a photograph is named by."""

    regex = "[0-9a-f]{64}"


register_converter(Number, "number")
register_converter(Digest, "digest")

urlpatterns = [
    path("", home.home, name="home"),
    path("track/", track.lookup, name="track-form"),
    path("track/<number:number>/", track.track, name="track"),
    path("track/<number:number>/moves/<slug:action>/", track.move, name="track-move"),
    path("track/<number:number>/clocks/<int:pk>/", why_page.track, name="track-why"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="inbox-read"),
    path("inbox/badge/", inbox.badge, name="inbox-badge"),
    path("inbox/<uuid:key>/", inbox.message, name="message"),
    path("desk/board/", board.board, name="board"),
    path("desk/cases/", cases.cases, name="cases"),
    path("desk/cases/<number:number>/", case_page.case, name="case"),
    path("desk/cases/<number:number>/moves/<slug:action>/", case_page.move, name="case-move"),
    path("desk/cases/<number:number>/pauses/<int:place>/", pauses.correct, name="case-pause"),
    path("desk/cases/<number:number>/photos/<digest:digest>/", photos.photo, name="case-photo"),
    path("desk/cases/<number:number>/clocks/<int:pk>/", why_page.case, name="case-why"),
    path("desk/calendars/", calendars.calendars, name="calendars"),
    path("desk/calendars/apply/", calendars.apply, name="calendars-apply"),
    path("desk/jobs/", jobs.jobs, name="jobs"),
    path("desk/jobs/<number:number>/moves/<slug:action>/", jobs.move, name="job-move"),
    path("desk/what-if/", what_if.what_if, name="what-if"),
    path("desk/duty/", roster.roster, name="duty"),
    path("desk/duty/add/", roster.add, name="duty-add"),
    path("desk/duty/swap/", roster.swap, name="duty-swap"),
    path("desk/duty/<int:pk>/remove/", roster.remove, name="duty-remove"),
    # Answers 404 unless DEBUG is on.
    path("style/", views_style.style, name="style"),
    path("style/<slug:page>/", views_style.style, name="style-page"),
    path("healthz", health_page.healthz, name="healthz"),
]
