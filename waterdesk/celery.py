"""The Celery application; its settings are the CELERY_* names in settings.py."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, Task

from waterdesk.core.heart import WorkerHeart
from waterdesk.database.acting import acting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waterdesk.settings")


class Acting(Task):
    """A task: what it changes in the configuration is noted under its name."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with acting(f"task:{self.name}"):
            return super().__call__(*args, **kwargs)


app = Celery("waterdesk", task_cls=Acting)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(WorkerHeart)
