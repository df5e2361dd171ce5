from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "waterdesk.web"
    label = "web"
    verbose_name = "网页"
