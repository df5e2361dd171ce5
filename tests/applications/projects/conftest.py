from __future__ import annotations

from tests.web.conftest import at_ten

__all__ = ["at_ten"]
