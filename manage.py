#!/usr/bin/env python
"""Run a management command.

A setting that is not in the environment is taken from `var/run.env`, which the launcher writes
while it runs: so `python manage.py shell` beside `make run` sees the same database.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUN_ENV = Path(os.environ.get("VAR_DIR") or HERE / "var") / "run.env"

# These neither read nor write anything that a key protects, so they run without one.
NEED_NO_KEY = {"due", "collectstatic", "makemigrations", "makemessages", "compilemessages"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waterdesk.settings")
    if RUN_ENV.exists():
        for line in RUN_ENV.read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            os.environ.setdefault(name, value)
    if sys.argv[1:2] and sys.argv[1] in NEED_NO_KEY:
        os.environ.setdefault("SECRET_KEY", "not-used-by-this-command")

    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.INSTALLED_APPS  # noqa: B018  read the settings now, to refuse in one line
    except ImproperlyConfigured as refusal:
        sys.exit(f"waterdesk: {refusal}")
    from waterdesk.database.acting import acting

    with acting(f"command:{' '.join(sys.argv[1:2])}"):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
