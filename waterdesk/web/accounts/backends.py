"""Passwords are for staff."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from waterdesk.core.models import User


class StaffPassword(ModelBackend):
    """Knows everybody's session, but accepts the password of staff and superusers only.

    A customer who was given a password is refused like a wrong one, and counted like one, at the
    desk, in the admin and in the API alike.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        user = super().authenticate(request, username=username, password=password, **kwargs)
        return user if user is not None and (user.is_desk or user.is_superuser) else None
