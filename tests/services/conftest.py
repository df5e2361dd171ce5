"""Places for servers that a test starts itself; the database of the other tests is not touched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from waterdesk.services import account, data
from waterdesk.services.account import Account


@dataclass(frozen=True)
class Place:
    home: Path
    owner: Account | None


@pytest.fixture
def place() -> Iterator[Place]:
    """A private folder that the servers' account can reach, short enough for sockets."""
    owner = account.for_servers()
    home = data.temporary_folder("waterdesk-test-", owner)
    yield Place(home, owner)
    shutil.rmtree(home)
