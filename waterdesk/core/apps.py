"""The core as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "waterdesk.core"
    label = "core"
    verbose_name = _("核心")

    def ready(self) -> None:
        from notifications.results import topics
        from waterdesk.core import results
        from waterdesk.core.anomalies import pauses, places, turning
        from waterdesk.core.anomalies.rule import register
        from waterdesk.core.history import watched
        from waterdesk.database import acting

        acting.watch(watched.tables())
        topics.register(results.topics)
        register(*pauses.RULES, *places.RULES, *turning.RULES)
