"""Pages of applications; included at the root."""

from __future__ import annotations

from django.urls import path

from applications import desk_views, views

urlpatterns = [
    path("apply/", views.apply, name="apply"),
    path("services/", views.hall, name="services"),
    path("apply/promise/", views.promise, name="apply-promise"),
    path("apply/<slug:service>/", views.apply, name="apply-service"),
    path("desk/counter/", desk_views.counter, name="counter"),
]
