"""Where a delivery may go: the one place that opens its connections.

A name is looked up once, every address is judged, and the connection goes to the very address that
was judged: a name that means something else a moment later (DNS rebinding) gains nothing. Public
addresses need https. What is not public, this machine and cloud metadata included, is reached only
when RESULTS_NETWORKS names its network.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import SOCK_STREAM, getaddrinfo
from typing import Any

import httpcore
from django.conf import settings

Address = IPv4Address | IPv6Address
# Public by their spelling, but somebody else's network lies behind them: NAT64.
TRANSLATED = ip_network("64:ff9b::/96")


class NotAllowed(Exception):
    """This address is none that a delivery may go to."""


def judged(host: str, port: int, plain: bool) -> list[str]:
    """The addresses of `host` that may be connected to. Raises NotAllowed unless all may.

    `plain` says that it goes without TLS, which only a named network may. Raises OSError for a
    name that nobody knows.
    """
    found = getaddrinfo(host, port, type=SOCK_STREAM)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    for text in addresses:
        address = _bare(ip_address(text.partition("%")[0]))
        if not _allowed(address, plain):
            raise NotAllowed(f"{host} is {address}, which RESULTS_NETWORKS does not allow")
    return addresses


def _bare(address: Address) -> Address:
    """An IPv4 address that is spelled as IPv6 is judged as what it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _allowed(address: Address, plain: bool) -> bool:
    if any(address in ip_network(each, strict=False) for each in settings.RESULTS_NETWORKS):
        return True
    tunnel = isinstance(address, IPv6Address) and (address.sixtofour or address.teredo)
    public = address.is_global and not (address.is_multicast or tunnel or address in TRANSLATED)
    return public and not plain


class Backend(httpcore.SyncBackend):
    """Connects to judged addresses alone; TLS still asks for the name that was asked for."""

    def __init__(self, plain: bool) -> None:
        self._plain = plain

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = judged(host, port, self._plain)
        except OSError as problem:
            raise httpcore.ConnectError(str(problem)) from problem
        *others, last = addresses
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return super().connect_tcp(address, port, timeout, None, socket_options)
        return super().connect_tcp(last, port, timeout, None, socket_options)

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise NotAllowed("a delivery goes to no socket of this machine")
