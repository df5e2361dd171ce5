"""Pages of tickets; the API's address is the router's to give."""

from __future__ import annotations

from django.urls import path

from tickets import desk_views
from tickets.asked import pages as asked
from tickets.calls import pages, stream
from tickets.console import pages as console
from tickets.console import wallboard
from tickets.crew import pages as crew
from tickets.incidents import pages as incidents
from tickets.knowledge import pages as knowledge
from tickets.outages import pages as outages
from tickets.outages import public as outages_public

urlpatterns = [
    path("desk/hotline/", desk_views.hotline, name="hotline"),
    path("desk/hotline/emergency/", asked.emergency, name="hotline-emergency"),
    path("desk/knowledge/", knowledge.listed, name="knowledge"),
    path("desk/knowledge/new/", knowledge.write, name="article-new"),
    path("desk/knowledge/search/", knowledge.search, name="knowledge-search"),
    path("desk/knowledge/not-found/", knowledge.not_found, name="knowledge-not-found"),
    path("desk/knowledge/missing/", knowledge.missing, name="knowledge-missing"),
    path("desk/knowledge/missing/<int:pk>/dismiss/", knowledge.dismiss, name="unfound-dismiss"),
    path("desk/knowledge/articles/<slug:code>/", knowledge.article, name="article"),
    path("desk/knowledge/articles/<slug:code>/edit/", knowledge.write, name="article-edit"),
    path("desk/crew/<str:number>/code/", crew.code, name="crew-code"),
    path("desk/incidents/", incidents.listed, name="incidents"),
    path("outages/", outages_public.page, name="outages-public"),
    path("outages/areas.json", outages_public.areas, name="outages-areas"),
    path("outages/map.json", outages_public.as_map, name="outages-map"),
    path("desk/outages/", outages.listed, name="outages"),
    path("desk/outages/new/", outages.write, name="outage-new"),
    path("desk/outages/<int:pk>/", outages.outage, name="outage"),
    path("desk/outages/<int:pk>/edit/", outages.write, name="outage-edit"),
    path("desk/outages/<int:pk>/progress/", outages.progress, name="outage-progress"),
    path("desk/outages/<int:pk>/shape.json", outages.shape, name="outage-shape"),
    path("desk/outages/<int:pk>/notice.pdf", outages.notice_pdf, name="outage-notice"),
    path("desk/outages/<int:pk>/calls/<int:call>/", outages.called, name="outage-called"),
    path("desk/outages/<int:pk>/do/<slug:action>/", outages.act, name="outage-act"),
    path("desk/call-backs/", console.call_backs, name="call-backs"),
    path("desk/call-backs/<number:number>/done/", console.called, name="call-back-done"),
    path("desk/hand-over/", console.hand_over, name="hand-over"),
    path("desk/hand-over/<int:pk>/read/", console.taken_over, name="hand-over-read"),
    path("desk/wallboard/", wallboard.wallboard, name="wallboard"),
    path("desk/calls/", pages.listed, name="calls"),
    path("desk/calls/pop/", pages.pop, name="call-pop"),
    path("desk/calls/stream/", stream.stream, name="call-stream"),
    path("desk/calls/phone/", pages.sit, name="call-phone"),
    path("desk/calls/<int:pk>/open/", pages.open_call, name="call-open"),
    path("desk/calls/<int:pk>/called-back/", pages.called_back, name="call-called-back"),
]
