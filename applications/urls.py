"""Pages of applications; included at the root."""

from __future__ import annotations

from django.urls import path

from applications import desk_views, views
from applications.projects.urls import urlpatterns as projects

urlpatterns = [
    path("apply/", views.apply, name="apply"),
    path("apply/promise/", views.promise, name="apply-promise"),
    path("desk/counter/", desk_views.counter, name="counter"),
    *projects,
]
