from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "waterdesk.web"
    label = "web"
    verbose_name = "网页"

    def ready(self) -> None:
        from tickets.incidents import drawing
        from tickets.outages import looking
        from waterdesk.web.places import layers

        layers.add(layers.Layer("incidents", _("事件"), drawing.features))
        layers.add(layers.Layer("outages", _("停水"), looking.of_map))
