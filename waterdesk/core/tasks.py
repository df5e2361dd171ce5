"""What the worker does for the core. The rows decide what is due; a tick only looks."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from waterdesk.core import duty, moved, policy
from waterdesk.core.figures import folding, nightly
from waterdesk.core.health import pulse
from waterdesk.core.places import files
from waterdesk.core.recompute import catch_up
from waterdesk.core.sweep import sweep


@shared_task(name="core.sweep_clocks")
def sweep_clocks() -> int:
    """Every few seconds. May overlap itself, come late or be skipped: the rows decide."""
    now = timezone.now()
    crossed = sweep(now)
    pulse("sweep", now)
    return crossed


@shared_task(name="core.replay_clocks")
def replay_clocks() -> int:
    """Every minute. Does nothing until the configuration changes; returns the clocks written."""
    outcome = catch_up(timezone.now())
    return outcome.written if outcome else 0


@shared_task(name="core.tell_moved")
def tell_moved() -> int:
    """Every minute. The clocks say what is to be told; returns how many were worked off."""
    return moved.tell(timezone.now())


@shared_task(name="core.warn_of_gaps")
def warn_of_gaps() -> int:
    """Every five minutes. Tells of each gap of the duty roster once; returns the messages made."""
    return duty.warn_ahead(policy.current(), timezone.now())


@shared_task(name="core.fold_figures")
def fold_figures() -> int:
    """Every few seconds. Adds up what closings left; returns how much. While one runs, nothing."""
    return folding.fold()


@shared_task(name="core.check_figures")
def check_figures() -> int:
    """Once a night, for the day before; returns the differences. Told once, however often."""
    return nightly.check(timezone.now())


@shared_task(name="core.read_ground_files")
def read_ground_files() -> int:
    """Nudged, and every half minute. Checks what was brought and writes what was agreed to."""
    return files.work(timezone.now())
