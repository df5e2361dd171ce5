"""The Celery application; its settings are the CELERY_* names in settings.py."""

from __future__ import annotations

import os

from celery import Celery

from waterdesk.core.heart import WorkerHeart

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waterdesk.settings")

app = Celery("waterdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(WorkerHeart)
