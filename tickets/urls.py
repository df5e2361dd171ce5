"""Pages of tickets; the API's address is the router's to give."""

from __future__ import annotations

from django.urls import path

from tickets import desk_views
from tickets.calls import pages, stream

urlpatterns = [
    path("desk/hotline/", desk_views.hotline, name="hotline"),
    path("desk/calls/", pages.listed, name="calls"),
    path("desk/calls/pop/", pages.pop, name="call-pop"),
    path("desk/calls/stream/", stream.stream, name="call-stream"),
    path("desk/calls/phone/", pages.sit, name="call-phone"),
    path("desk/calls/<int:pk>/open/", pages.open_call, name="call-open"),
    path("desk/calls/<int:pk>/called-back/", pages.called_back, name="call-called-back"),
]
