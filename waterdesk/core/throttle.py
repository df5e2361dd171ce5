"""Limits on how often somebody may do something, shared by every process and machine.

The counters are rows: they hold while the broker is away, and one statement counts and answers, so
that parallel tries cannot slip through. Windows are fixed: one begins with the first hit.
"""

from __future__ import annotations

import hashlib
import math
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core.errors import TooMany
from waterdesk.core.models.throttle import Window

# The peer of a Unix socket is on this machine.
LOCAL = "127.0.0.1"
# A household or a server has at least as many IPv6 addresses as this prefix leaves (RFC 6177).
IPV6_PREFIX = 64
# Windows that are over and leave the table with every hit: more than one, so that it shrinks.
SWEPT = 3

# Counting comes first and waits for at most one row; the sweep names what was counted, so it comes
# after, and it skips what others hold. Nobody holds one row and waits for another.
_HIT = """
WITH counted AS (
    INSERT INTO {table} AS w (key, count, resets_at) VALUES (%(key)s, 1, %(until)s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN w.resets_at <= %(now)s THEN 1 ELSE w.count + 1 END,
        resets_at = CASE WHEN w.resets_at <= %(now)s THEN excluded.resets_at ELSE w.resets_at END
    RETURNING key, count, resets_at
), swept AS (
    DELETE FROM {table} WHERE key IN (
        SELECT key FROM {table}
        WHERE resets_at <= %(now)s AND key <> (SELECT key FROM counted)
        ORDER BY resets_at LIMIT %(swept)s FOR UPDATE SKIP LOCKED
    )
)
SELECT count, resets_at FROM counted
"""


class Throttled(TooMany):
    """Refused until `wait` seconds have passed."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        if wait <= 90:
            text, number = _("操作过于频繁，请 %(number)d 秒后再试。"), wait
        else:
            text, number = _("操作过于频繁，请 %(number)d 分钟后再试。"), math.ceil(wait / 60)
        super().__init__(text % {"number": number})


def hit(who: HttpRequest | str, scope: str, limit: int, seconds: int) -> int:
    """Count one try of `who` at `scope`; returns how many there were in this window, this included.

    `who` is a request (its client's address counts; of IPv6 the /64) or any text that names
    somebody. Raises Throttled once more than `limit` came within `seconds` of the window's first.
    What is refused counts, but does not make the window longer. Call it outside a transaction: a
    rollback would take the count back, and until the commit others of the same key would wait.
    """
    now = timezone.now()
    values = {
        "key": _key(who, scope),
        "now": now,
        "until": now + timedelta(seconds=seconds),
        "swept": SWEPT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HIT.format(table=Window._meta.db_table), values)
        count, resets_at = cursor.fetchone()
    if count > limit:
        raise Throttled(max(1, math.ceil((resets_at - now).total_seconds())))
    return count


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks.

    The peer itself, unless it is one of settings.TRUSTED_PROXIES: then the right-most address of
    X-Forwarded-For that is not. What stands further left is what a client may have claimed. An
    entry that is no address ends the search at the last proxy that is known.
    """
    address = request.META.get("REMOTE_ADDR") or LOCAL
    claimed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while _is_trusted(address) and claimed:
        before = _plain(claimed.pop())
        if before is None:
            break
        address = before
    return _plain(address) or LOCAL


def _key(who: HttpRequest | str, scope: str) -> str:
    name = _network(client_address(who)) if isinstance(who, HttpRequest) else who
    return f"{scope}:{hashlib.sha256(name.encode()).hexdigest()[:40]}"


def _network(address: str) -> str:
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, IPV6_PREFIX), strict=False))
    return address


def _plain(raw: str) -> str | None:
    """One way of writing an address; of an IPv4 address mapped into IPv6, the IPv4 one."""
    try:
        parsed = ip_address(raw.strip())
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(parsed).partition("%")[0]


def _is_trusted(address: str) -> bool:
    plain = _plain(address)
    return plain is not None and _in_networks(plain, tuple(settings.TRUSTED_PROXIES))


@lru_cache(maxsize=1024)
def _in_networks(address: str, networks: tuple[str, ...]) -> bool:
    parsed = ip_address(address)
    return any(parsed in ip_network(network, strict=False) for network in networks)
