from __future__ import annotations

from django.apps import AppConfig


class WaterdeskConfig(AppConfig):
    name = "waterdesk"
    label = "waterdesk"

    def ready(self) -> None:
        # Every process that sends a task must know our broker, management commands included.
        # Not in waterdesk/__init__.py: waterdesk.sla and waterdesk.services need no Celery.
        import waterdesk.celery  # noqa: F401
