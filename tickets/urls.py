"""Pages of tickets; the API's address is the router's to give."""

from __future__ import annotations

from django.urls import path

from tickets import desk_views

urlpatterns = [
    path("desk/hotline/", desk_views.hotline, name="hotline"),
]
