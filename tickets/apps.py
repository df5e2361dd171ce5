"""The tickets app; its flow is registered when Django starts."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    label = "tickets"
    verbose_name = _("热线工单")

    def ready(self) -> None:
        from notifications.results import topics
        from tickets.complaining import open_complaint
        from tickets.console import covering
        from tickets.flow import FLOW
        from tickets.incidents import covering as around
        from tickets.incidents.flow import FLOW as INCIDENTS
        from tickets.orders.following import topics as orders
        from waterdesk.core.after import complaints
        from waterdesk.core.anomalies import places
        from waterdesk.core.flow import register

        register(FLOW)
        topics.register(orders)
        register(INCIDENTS)
        # Outages have a place of their own in the hints, with an answer to settle with.
        covering.add("incidents", around.lines)
        complaints.opened_with(open_complaint)
        places.made_on_site("arrive", "finish", "restore", finishing=("finish", "restore"))
