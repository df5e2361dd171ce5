"""What other parts of the desk draw on the map beside the cases: outages, incidents.

A part adds its layer when its application is ready (AppConfig.ready); nothing here names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from waterdesk.core.flow import Label

if TYPE_CHECKING:
    from waterdesk.core.models.people import User


@dataclass(frozen=True, slots=True)
class Layer:
    """`features` gives a GeoJSON FeatureCollection of what this person may see at an instant.

    Of each feature's properties the map reads `name`, what it is called; `url`, its page; `letter`,
    the sign of a point; `tone`, one of the design's (bad, warn, busy, …).
    """

    name: str
    label: Label
    features: Callable[[User, datetime], dict[str, Any]]


LAYERS: dict[str, Layer] = {}


def add(layer: Layer) -> None:
    """Offer a layer on every map of the cases; the same name again replaces it."""
    LAYERS[layer.name] = layer


def offered() -> list[tuple[Layer, str]]:
    """Every layer and the address of its features."""
    return [(layer, reverse("map-layer", args=[layer.name])) for layer in LAYERS.values()]
