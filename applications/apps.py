from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "applications"
    label = "applications"
    verbose_name = _("用水报装")

    def ready(self) -> None:
        from applications import results
        from applications.flow import FLOW
        from notifications.results import topics
        from waterdesk.core import flow

        flow.register(FLOW)
        topics.register(results.topics)
