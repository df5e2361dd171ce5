"""Which topics there are: whoever queues results says what it calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.functional import Promise as Lazy

Topics = Mapping[str, str | Lazy]
_sources: list[Callable[[], Topics]] = []


def register(source: Callable[[], Topics]) -> None:
    """Make topics known with their words; called when Django starts, the source asked later."""
    if source not in _sources:
        _sources.append(source)


def known() -> dict[str, str | Lazy]:
    """Every topic in the order of the sources."""
    found: dict[str, str | Lazy] = {}
    for source in _sources:
        found.update(source())
    return found
