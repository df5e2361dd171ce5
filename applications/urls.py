"""Pages of applications; included at the root."""

from __future__ import annotations

from django.urls import path

from applications import desk_views, views
from applications.fees import views as fees

urlpatterns = [
    path("apply/", views.apply, name="apply"),
    path("apply/promise/", views.promise, name="apply-promise"),
    path("desk/cases/<slug:number>/quote/", fees.quote, name="fees-quote"),
    path("track/<slug:number>/pay/", fees.pay, name="fees-pay"),
    path("desk/counter/", desk_views.counter, name="counter"),
]
