"""What can be known before anything is started: a refusal here leaves nothing half-started."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from waterdesk.services.errors import CannotRun

MEGABYTE = 1024 * 1024
NEEDED_FIRST = 200 * MEGABYTE  # a new cluster with its log takes about 60, the demo data 20
NEEDED_LATER = 50 * MEGABYTE
PATIENCE = 5  # seconds, for a server that does not answer


def port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise CannotRun(f"PORT must be a number from 1 to 65535, not {text!r}.")


def listener(host: str, port_number: int) -> socket.socket:
    """The web server's socket, bound now, so that a busy port is known first and stays ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port_number))
        sock.listen(2048)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotRun(
                f"Port {port_number} is in use; choose another: make run PORT={port_number + 1}"
            ) from None
        raise CannotRun(f"Cannot listen on {host}:{port_number}: {error.strerror}.") from None
    return sock


def disk(home: Path, needed: int) -> None:
    """Look at what is free, and take it for a moment: a quota shows only then."""
    free = shutil.disk_usage(home).free
    if free < needed:
        raise CannotRun(
            f"The disk is full: {free // MEGABYTE} MB free in {home}, {needed // MEGABYTE} needed."
        )
    with tempfile.TemporaryFile(dir=home) as file:
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, needed)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise CannotRun(
                    f"The disk is full: {needed // MEGABYTE} MB cannot be had in {home}."
                ) from None
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
                raise


def settings(env: dict[str, str]) -> None:
    """Let the settings refuse what they do not understand; the addresses are looked at below."""
    code = (
        "import sys\nfrom django.core.exceptions import ImproperlyConfigured\n"
        "try:\n    import waterdesk.settings\n"
        "except ImproperlyConfigured as refusal:\n    sys.exit(str(refusal))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise CannotRun(done.stderr.strip().splitlines()[-1])


def database(url: str) -> None:
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=PATIENCE) as connection:
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise CannotRun(f"The database of DATABASE_URL cannot be reached: {reason}") from None
    if encoding != "UTF8":
        raise CannotRun(f"The database of DATABASE_URL is in {encoding}; it must be in UTF8.")


def broker(url: str) -> None:
    import redis

    try:
        with redis.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise CannotRun(f"The server of REDIS_URL cannot be reached: {reason}") from None
