"""The programs of the desk itself, and the environment they get."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
from pathlib import Path

from waterdesk.services.process import Process

# Agents whose browsers wait for what rings; each takes a thread of the process for streams.
MOST_STREAMS = 400
# Celery advises against root whatever it may unpickle; it takes JSON alone here.
NO_ADVICE = "ignore:You're running the worker with superuser privileges"


def environment(root: Path, var: Path, address: str) -> dict[str, str]:
    """What the person set, completed for a desk to try: DEBUG unless it says otherwise."""
    env = dict(os.environ)
    env.setdefault("DEBUG", "true")
    env.setdefault("SITE_URL", address)
    env.setdefault("MEDIA_DIR", str(var / "media"))
    env.setdefault("SEALS_DIR", str(var / "seals"))
    if not env.get("SECRET_KEY"):
        env["SECRET_KEY"] = _kept_key(var / "secret_key")
    env |= {
        "DJANGO_SETTINGS_MODULE": "waterdesk.settings",
        "PYTHONPATH": str(root),
        "PYTHONUTF8": "1",  # whatever the locale is, or is not
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": NO_ADVICE,
    }
    return env


def _kept_key(path: Path) -> str:
    """A random key of this checkout, so that a restart signs nobody out."""
    if not path.exists():
        new = path.with_suffix(".new")
        new.touch(0o600)
        new.write_text(secrets.token_urlsafe(50), "ascii")
        new.rename(path)
    return path.read_text("ascii").strip()


def web(root: Path, env: dict[str, str], listener: socket.socket) -> Process:
    command = [
        sys.executable, "-m", "gunicorn", "waterdesk.wsgi", "--bind", f"fd://{listener.fileno()}",
        "--worker-class", "gthread", "--workers", env.get("WEB_WORKERS", "2"), "--threads", "8",
        "--preload", "--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip
    return Process(
        "web",
        command,
        env=env,
        cwd=root,
        stop_signals=[(signal.SIGTERM, 8.0), (signal.SIGKILL, 2.0)],
        keep_open=(listener.fileno(),),
    )


def streams(root: Path, env: dict[str, str], listener: socket.socket) -> Process:
    """The web server once more, for what rings alone: a stream holds a thread as long as it lasts.

    One process, so that one listener hears the database for all of them. They need a connection
    only to begin: with a pool, all of them coming back at once do not use up the server's.
    """
    command = [
        sys.executable, "-m", "gunicorn", "waterdesk.wsgi", "--bind", f"fd://{listener.fileno()}",
        "--worker-class", "gthread", "--workers", "1", "--threads", str(MOST_STREAMS + 16),
        "--graceful-timeout", "2", "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip
    return Process(
        "streams",
        command,
        env={"DB_POOL": "16"} | env | {"CALLS_STREAMS": str(MOST_STREAMS)},
        cwd=root,
        stop_signals=[(signal.SIGTERM, 4.0), (signal.SIGKILL, 2.0)],
        keep_open=(listener.fileno(),),
    )


def has_telephony(env: dict[str, str]) -> bool:
    """Whether an exchange is named: as the settings see it."""
    named = [name for name, value in env.items() if value and name.startswith("CALLS_SECRET_")]
    return bool(named or env.get("AMI_HOST"))


def telephony(root: Path, env: dict[str, str]) -> Process:
    command = [sys.executable, "manage.py", "telephony"]
    stops = [(signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0)]
    return Process("telephony", command, env=env, cwd=root, stop_signals=stops)


def worker(root: Path, env: dict[str, str]) -> Process:
    command = [
        sys.executable, "-m", "celery", "-q", "-A", "waterdesk", "worker", "--concurrency", "2",
        "--hostname", f"worker-{os.getpid()}@%h", "--without-gossip", "--without-mingle",
        "--loglevel", "INFO",
    ]  # fmt: skip
    # The first lets a task end; the second gives it up to the queue.
    stops = [(signal.SIGTERM, 6.0), (signal.SIGQUIT, 8.0), (signal.SIGKILL, 2.0)]
    return Process("worker", command, env=env, cwd=root, stop_signals=stops)


def beat(root: Path, env: dict[str, str]) -> Process:
    command = [
        sys.executable,
        "-m",
        "celery",
        "-q",
        "-A",
        "waterdesk",
        "beat",
        "--loglevel",
        "INFO",
    ]
    stops = [(signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0)]
    return Process("beat", command, env=env, cwd=root, stop_signals=stops)
