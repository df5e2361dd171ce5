"""`manage.py due`: deadline arithmetic on lines of JSON, without a database or a server."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, ClassVar

from django.core.management.base import BaseCommand

from waterdesk.sla import lines


class Command(BaseCommand):
    help = "Answer deadline questions: one JSON object a line in, one a line out."
    requires_system_checks: ClassVar[list[str]] = []
    stealth_options = ("stdin",)

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer each line as it comes; one that cannot be answered does not stop the next."""
        try:
            for line in options.get("stdin") or sys.stdin.buffer:
                if line.strip():
                    self.stdout.write(json.dumps(lines.answer(line)))
                    self.stdout.flush()
        except BrokenPipeError:
            # Whoever read the answers has seen enough (`| head`): that is no fault, nor at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
