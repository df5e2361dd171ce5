"""Every address of the desk: the one place that names all its parts."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.routers import DefaultRouter

from applications.api import ApplicationViewSet
from applications.burdens.api import FourZerosView
from applications.catalogue.api import ServicesView, ServiceView
from applications.fees.api import CallbackView
from notifications.api import MessageViewSet
from tickets.api import TicketViewSet
from tickets.calls.api import CallEventsView
from tickets.incidents.api import IncidentViewSet, NearView
from tickets.knowledge.api import ArticlesView, ArticleView, QuestionsView
from tickets.orders.api import OrdersView
from tickets.outages.api import OutagesView
from waterdesk.core.api.breaches import BreachesView
from waterdesk.core.api.clocks import ClockViewSet
from waterdesk.core.api.crew import CrewActionsView
from waterdesk.core.api.errors import json_not_found
from waterdesk.core.api.search import SearchView
from waterdesk.core.api.token import TokenView
from waterdesk.web.promise.api import PromiseView

router = DefaultRouter()
router.include_root_view = False
router.register("applications", ApplicationViewSet)
router.register("tickets", TicketViewSet)
router.register("incidents", IncidentViewSet)
router.register("clocks", ClockViewSet)
router.register("messages", MessageViewSet)

# The pages of the API need no account, so that those who connect to us can read before they ask.
schema = SpectacularAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[])
# In a page of ours: Swagger's own has a style inside, which the content security policy refuses.
docs = SpectacularSwaggerSplitView.as_view(
    url_name="api-schema",
    template_name="web/api_docs.html",
    permission_classes=[AllowAny],
    authentication_classes=[],
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("waterdesk.web.urls")),
    path("", include("waterdesk.web.accounts.urls")),
    path("", include("applications.urls")),
    path("", include("tickets.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/token/", TokenView.as_view(), name="api-token"),
    path("api/v1/breaches/", BreachesView.as_view(), name="api-breaches"),
    path("api/v1/search/", SearchView.as_view(), name="api-search"),
    path("api/v1/services/", ServicesView.as_view(), name="api-services"),
    path("api/v1/services/<slug:code>/", ServiceView.as_view(), name="api-service"),
    path("api/v1/articles/", ArticlesView.as_view(), name="api-articles"),
    path("api/v1/articles/<slug:code>/", ArticleView.as_view(), name="api-article"),
    path("api/v1/questions/", QuestionsView.as_view(), name="api-questions"),
    path("api/v1/outages/", OutagesView.as_view(), name="api-outages"),
    path("api/v1/promise/", PromiseView.as_view(), name="api-promise"),
    path("api/v1/four-zeros/", FourZerosView.as_view(), name="api-four-zeros"),
    path("api/v1/payments/callback/", CallbackView.as_view(), name="api-payments-callback"),
    path("api/v1/orders/", OrdersView.as_view(), name="api-orders"),
    # Before the incidents themselves, which are called by number.
    path("api/v1/incidents/near/", NearView.as_view(), name="api-incidents-near"),
    path("api/v1/calls/events/", CallEventsView.as_view(), name="api-call-events"),
    path("api/v1/crew/actions/", CrewActionsView.as_view(), name="api-crew-actions"),
    path("api/v1/", include(router.urls)),
    path("api/schema/", schema, name="api-schema"),
    path("api/docs/", docs, name="api-docs"),
    # Last of its kind: whatever else is asked of the API is answered as the API answers.
    re_path("^api/", json_not_found),
]

handler400 = "waterdesk.web.refusals.bad_request"
handler403 = "waterdesk.web.refusals.not_allowed"
handler404 = "waterdesk.web.refusals.not_found"
handler500 = "waterdesk.web.refusals.failed"
