"""What vouches for the servers that we ask something of, read once a process."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """For `verify` of clients that leave the environment aside.

    To read the authorities anew takes longer than the rest of a question, and threads may share
    them.
    """
    return httpx.create_ssl_context(trust_env=False)
