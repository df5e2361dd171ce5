"""Reading a value from the environment: what is not understood is refused, naming the variable."""

from __future__ import annotations

import os
from ipaddress import ip_network
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def flag(name: str, default: bool) -> bool:
    value = text(name, str(default)).lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")


def number(name: str, default: int, least: int = 0) -> int:
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} up, not {value!r}.")
    return int(value)


def listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def url(name: str, schemes: tuple[str, ...], default: str = "") -> str:
    """An address; the refusal never repeats the value, which may hold a password."""
    value = text(name, default)
    if value and urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(
            f"{name} must begin with {' or '.join(s + '://' for s in schemes)}."
        )
    return value


def origin(address: str) -> list[str]:
    """Where pictures come from, as a content security policy says it; {s} is one of several."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"] if address else []


def networks(name: str) -> list[str]:
    for part in (parts := listed(name)):
        try:
            ip_network(part, strict=False)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} must be addresses or networks like 10.0.0.0/8, not {part!r}."
            ) from None
    return parts


def secrets(prefix: str) -> dict[str, list[str]]:
    """Every variable that begins with `prefix`, by the rest of its name; a value is never told."""
    found = {
        name.removeprefix(prefix): value.split()
        for name, value in os.environ.items()
        if name.startswith(prefix) and value.strip()
    }
    for name, values in found.items():
        if any(len(value) < 32 or not value.isascii() for value in values):
            raise ImproperlyConfigured(f"{prefix}{name} must have 32 characters or more.")
    return found


def broker(url: str) -> str:
    """The same address for Kombu, which has its own spelling for a socket."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    query = parts.query.replace("db=", "virtual_host=")
    return f"redis+socket://{parts.netloc}{parts.path}" + (f"?{query}" if query else "")
