from __future__ import annotations

from tests.applications.sources.conftest import fresh_cache, sources, unconnected  # noqa: F401
