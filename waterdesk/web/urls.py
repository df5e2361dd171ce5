"""The pages that both kinds of case share."""

from __future__ import annotations

from django.urls import path, register_converter

from waterdesk.web import (
    accounts_list,
    board,
    breach_list,
    breaches,
    calendars,
    case_page,
    cases,
    health_page,
    home,
    inbox,
    jobs,
    kept_photos,
    pauses,
    photos,
    results,
    standings,
    track,
    views_style,
    what_if,
    whole,
    why_page,
)
from waterdesk.web.after import calls, rating, satisfaction
from waterdesk.web.anomalies import page as anomalies
from waterdesk.web.crew import page as crew
from waterdesk.web.crew import times as crew_times
from waterdesk.web.dispatch import page as dispatching
from waterdesk.web.four_zeros import listing as four_zero_list
from waterdesk.web.four_zeros import page as four_zeros
from waterdesk.web.history import page as history
from waterdesk.web.orders import listing as orders
from waterdesk.web.orders import uploads as order_files
from waterdesk.web.oversight import beside as oversight_beside
from waterdesk.web.oversight import listing as oversight_list
from waterdesk.web.oversight import page as oversight
from waterdesk.web.permits import listing as permits
from waterdesk.web.places import ground_files, map_page, search_page
from waterdesk.web.promise import page as promise
from waterdesk.web.record import page as record
from waterdesk.web.record import person, readings
from waterdesk.web.reports import page as reports
from waterdesk.web.roster import leave, mine, pattern, shift, week
from waterdesk.web.today import page as today


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


class Token(Number):
    """What a link to the page of satisfaction ends with: see core.after.links."""

    regex = "[A-Za-z0-9_-]{24}"


register_converter(Token, "token")
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
    path("desk/oversight/today/", today.today, name="today"),
    path("desk/oversight/today/<slug:code>/", today.listed, name="today-list"),
    path("desk/oversight/today/<number:number>/<slug:action>/", today.act, name="today-act"),
    path("desk/oversight/anomalies/", anomalies.listed, name="anomalies"),
    path("desk/oversight/anomalies/rules/", anomalies.rules, name="anomaly-rules"),
    path("desk/oversight/anomalies/search/", anomalies.search, name="anomaly-search"),
    path("desk/oversight/anomalies/runs/<int:pk>/", anomalies.run, name="anomaly-run"),
    path("desk/oversight/anomalies/<int:pk>/look/", anomalies.look, name="anomaly-look"),
    path("desk/dispatch/", dispatching.dispatch_board, name="dispatch"),
    path("desk/dispatch/<number:number>/", dispatching.send, name="dispatch-send"),
    path("desk/orders/", orders.listed, name="orders"),
    path("desk/orders.csv", orders.as_csv, name="orders-csv"),
    path("desk/orders/import/", order_files.upload, name="order-upload"),
    path("desk/orders/import/<int:pk>/", order_files.preview, name="order-import"),
    path("desk/orders/import/<int:pk>/apply/", order_files.apply, name="order-apply"),
    path("desk/cases/", cases.cases, name="cases"),
    path("desk/cases/<number:number>/", case_page.case, name="case"),
    path("desk/cases/<number:number>/moves/<slug:action>/", case_page.move, name="case-move"),
    path("desk/cases/<number:number>/pauses/<int:place>/", pauses.correct, name="case-pause"),
    path("desk/cases/<number:number>/photos/<digest:digest>/", photos.photo, name="case-photo"),
    path(
        "desk/cases/<number:number>/photos/kept/<str:token>/",
        kept_photos.small,
        name="case-photo-kept",
    ),
    path("desk/cases/<number:number>/clocks/<int:pk>/", why_page.case, name="case-why"),
    path("desk/breaches/", breaches.breaches, name="breaches"),
    path("desk/breaches/list/", breach_list.listed, name="breach-list"),
    path("desk/breaches/list.csv", breach_list.as_csv, name="breach-csv"),
    path("desk/four-zeros/", four_zeros.four_zeros, name="four-zeros"),
    path("desk/four-zeros/list/", four_zero_list.listed, name="four-zero-list"),
    path("desk/four-zeros/list.csv", four_zero_list.as_csv, name="four-zero-csv"),
    path("desk/oversight/", oversight.overview, name="oversight"),
    path("desk/oversight/list/", oversight_list.listed, name="oversight-list"),
    path("desk/oversight/calls/", oversight_beside.calls, name="oversight-calls"),
    path("desk/oversight/follow-up/", oversight_beside.after, name="oversight-after"),
    path("desk/permits/", permits.listed, name="permits"),
    path("desk/permits.csv", permits.as_csv, name="permits-csv"),
    path("desk/lists/whole/", whole.whole, name="list-whole"),
    path("desk/oversight/changes/", history.listed, name="changes"),
    path("desk/oversight/changes/<int:pk>/cases/", history.cases, name="change-cases"),
    path("desk/standing/", standings.listed, name="standings"),
    path("desk/standing/list.csv", standings.as_csv, name="standing-csv"),
    path("desk/calendars/", calendars.calendars, name="calendars"),
    path("desk/calendars/apply/", calendars.apply, name="calendars-apply"),
    path("desk/follow-up/", calls.calls, name="follow-up"),
    path("desk/follow-up/<number:number>/", calls.call, name="follow-up-call"),
    path("desk/follow-up/<number:number>/take/", calls.take, name="follow-up-take"),
    path("desk/satisfaction/", satisfaction.satisfaction, name="satisfaction"),
    path("desk/satisfaction/list/", satisfaction.listed, name="satisfaction-list"),
    path("s/<token:token>/", rating.rate, name="rate"),
    path("s/<token:token>/thanks/", rating.rated, name="rated"),
    path("desk/map/", map_page.map_page, name="map"),
    path("desk/map/areas.json", map_page.areas, name="map-areas"),
    path("desk/map/layers/<slug:name>.json", map_page.layer, name="map-layer"),
    path("desk/map/at/", search_page.at_point, name="map-at"),
    path("desk/ground/", ground_files.ground, name="ground"),
    path("desk/ground/<int:pk>/", ground_files.file, name="ground-file"),
    path("desk/ground/<int:pk>/apply/", ground_files.apply, name="ground-apply"),
    path("desk/addresses/suggest/", search_page.suggest, name="address-suggest"),
    path("desk/search/", search_page.search_page, name="search"),
    path("desk/jobs/", jobs.jobs, name="jobs"),
    path("desk/jobs/<number:number>/moves/<slug:action>/", jobs.move, name="job-move"),
    path("desk/crew/", crew.page, name="crew"),
    path("desk/crew/jobs.json", crew.data, name="crew-data"),
    path("desk/crew/worker.js", crew.worker, name="crew-worker"),
    path("desk/late/", crew_times.listed, name="crew-times"),
    path("desk/late/<uuid:key>/", crew_times.decide, name="crew-time"),
    path("desk/what-if/", what_if.what_if, name="what-if"),
    path("desk/results/", results.listed, name="results"),
    path("desk/results/replay/", results.replay_all, name="results-replay"),
    path("desk/results/accounts/", accounts_list.accounts, name="results-accounts"),
    path("desk/results/accounts.csv", accounts_list.as_csv, name="results-csv"),
    path("desk/results/<uuid:key>/", results.delivery, name="result"),
    path("desk/results/<uuid:key>/replay/", results.replay, name="result-replay"),
    path("desk/results/<uuid:key>/whole/", results.reveal, name="result-whole"),
    path("desk/record/", record.record, name="record"),
    path("desk/record/verify/", record.verify, name="record-verify"),
    path("desk/disclosures/", readings.listed, name="disclosures"),
    path("desk/cases/<number:number>/person/", person.reveal, name="case-person"),
    path("record/key.txt", record.public_key, name="record-key"),
    path("desk/oversight/reports/", reports.reports, name="reports"),
    path("desk/oversight/reports/ask/", reports.ask, name="report-ask"),
    path("desk/oversight/reports/subscribe/", reports.subscribe, name="report-subscribe"),
    path(
        "desk/oversight/reports/subscribe/<int:pk>/end/",
        reports.unsubscribe,
        name="report-unsubscribe",
    ),
    path("desk/oversight/reports/<int:pk>/", reports.report, name="report"),
    path(
        "desk/oversight/reports/<int:pk>/report.pdf",
        reports.file,
        {"ending": "pdf"},
        name="report-pdf",
    ),
    path(
        "desk/oversight/reports/<int:pk>/report.xlsx",
        reports.file,
        {"ending": "xlsx"},
        name="report-xlsx",
    ),
    path("promise/", promise.page, name="promise"),
    path("desk/duty/", week.roster, name="duty"),
    path("desk/duty/add/", week.add, name="duty-add"),
    path("desk/duty/swap/", week.swap, name="duty-swap"),
    path("desk/duty/patterns/", pattern.patterns_page, name="duty-patterns"),
    path("desk/duty/patterns/preview/", pattern.preview, name="duty-preview"),
    path("desk/duty/patterns/apply/", pattern.apply, name="duty-apply"),
    path("desk/duty/patterns/<int:pk>/withdraw/", pattern.withdraw, name="duty-withdraw"),
    path("desk/duty/patterns/<int:pk>/anew/", pattern.lay_anew, name="duty-anew"),
    path("desk/duty/leave/", leave.leaves, name="duty-leave"),
    path("desk/duty/leave/add/", leave.add, name="duty-leave-add"),
    path("desk/duty/leave/<int:pk>/end/", leave.end, name="duty-leave-end"),
    path("desk/duty/mine/", mine.my_shifts, name="my-shifts"),
    path("desk/duty/mine/feed/", mine.make_feed, name="duty-feed-make"),
    path("desk/duty/mine/feed/revoke/", mine.revoke_feed, name="duty-feed-revoke"),
    path("desk/duty/<int:pk>/", shift.shift, name="shift"),
    path("desk/duty/<int:pk>/edit/", shift.edit, name="shift-edit"),
    path("desk/duty/<int:pk>/replace/", shift.replace, name="shift-replace"),
    path("desk/duty/<int:pk>/remove/", week.remove, name="duty-remove"),
    path("duty/<slug:token>.ics", mine.feed, name="duty-feed"),
    # Answers 404 unless DEBUG is on.
    path("style/", views_style.style, name="style"),
    path("style/<slug:page>/", views_style.style, name="style-page"),
    path("healthz", health_page.healthz, name="healthz"),
]
