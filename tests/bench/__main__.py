"""`make bench`: every figure the project promises, measured in one run and printed as ratios.

`python -m tests.bench sweep apply` runs only those. Not part of the tests: nothing here fails
because a machine is slow.
"""

from __future__ import annotations

import importlib
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waterdesk.settings")

# Each finds a desk of its own, with the seeds and nothing else.
PURE = ("calendar",)
SERVED = (
    "outbox", "pop", "apply", "apply_cost", "lists", "apply_page", "together", "whatif", "scale",
    "replay", "search", "burst", "console", "oversight", "figures", "record", "reports",
)  # fmt: skip

# As a desk with a million cases is given: PostgreSQL's own 128 MB are for a hundredth of that.
ROOM = {"shared_buffers": "2GB", "max_wal_size": "8GB"}


def main(names: list[str]) -> None:
    wanted = names or [*PURE, *SERVED]
    for name in (name for name in PURE if name in wanted):
        importlib.import_module(f"tests.bench.{name}").run()
    if served := [name for name in SERVED if name in wanted]:
        _with_servers(served)


def _with_servers(names: list[str]) -> None:
    import tests.servers

    tests.servers.start(**ROOM)
    print(f"servers: {os.environ['WATERDESK_TEST_SERVERS']}")
    try:
        import django

        django.setup()
        from django.conf import settings

        # Otherwise Django keeps the text of every statement. Set here and not in the environment,
        # where it would ask for collected static files.
        settings.DEBUG = False
        from django.db import connection

        from tests.conftest import load_seeds
        from waterdesk.core import policy

        for name in names:
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            policy.forget()
            load_seeds()
            importlib.import_module(f"tests.bench.{name}").run()
    finally:
        tests.servers.stop()


main(sys.argv[1:])
