"""Pages of applications; included at the root."""

from __future__ import annotations

from django.urls import path

from applications import desk_views, sheets, views
from applications.contracts import desk as contracts_desk
from applications.contracts import views as contracts
from applications.fees import views as fees
from applications.permits import printing as permits
from applications.projects.urls import urlpatterns as projects
from applications.visits import views as visits

urlpatterns = [
    path("apply/", views.apply, name="apply"),
    path("services/", views.hall, name="services"),
    path("apply/promise/", views.promise, name="apply-promise"),
    path("apply/twins/", views.twins, name="apply-twins"),
    path("apply/<slug:service>/", views.apply, name="apply-service"),
    path("desk/cases/<slug:number>/quote/", fees.quote, name="fees-quote"),
    path("track/<slug:number>/pay/", fees.pay, name="fees-pay"),
    path("desk/counter/", desk_views.counter, name="counter"),
    path("track/<number:number>/contract/", contracts.contract, name="contract"),
    path("track/<number:number>/contract/pdf/", contracts.as_pdf, name="contract-pdf"),
    path("track/<number:number>/contract/code/", contracts.send_code, name="contract-code"),
    path("track/<number:number>/contract/link/", contracts.send_link, name="contract-link"),
    path("track/<number:number>/contract/sign/", contracts.sign, name="contract-sign"),
    path("desk/contracts/", contracts_desk.unsigned, name="contracts"),
    path("desk/cases/<number:number>/contract.pdf", contracts_desk.as_pdf, name="case-contract"),
    path("desk/cases/<number:number>/sheet.pdf", sheets.survey, name="case-sheet"),
    path("desk/cases/<number:number>/permits/<slug:kind>.pdf", permits.sheet, name="permit-sheet"),
    path("track/<number:number>/visit/<slug:job>/", visits.of_customer, name="track-visit"),
    path("desk/cases/<number:number>/visit/<slug:job>/", visits.of_staff, name="case-visit"),
    *projects,
]
