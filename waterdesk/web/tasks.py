"""What is cleared away each night: nothing of it belongs to a case or its record."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command

# Who came in and who was turned away is kept for at least six months (网络安全法 第二十一条).
LOG_DAYS = 200


@shared_task(name="web.tidy")
def tidy() -> None:
    """Remove expired sessions and old sign-in logs. Running it twice, or never, does no harm."""
    call_command("clearsessions")
    call_command("axes_reset_logs", age=LOG_DAYS, verbosity=0)
