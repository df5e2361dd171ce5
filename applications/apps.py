from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "applications"
    label = "applications"
    verbose_name = _("用水报装")

    def ready(self) -> None:
        from applications import results
        from applications.burdens import recorded_late
        from applications.flow import FLOW
        from notifications.results import topics
        from waterdesk.core import flow
        from waterdesk.core.anomalies import places, rule

        flow.register(FLOW)
        topics.register(results.topics)
        rule.register(recorded_late.RULE)
        on_site = ("survey", "install", "water_on")
        places.made_on_site(*on_site, finishing=on_site)
