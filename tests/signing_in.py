"""Signing in for a test that is about something else: the session alone, in one statement.

Django's own `force_login` signs in as a person does: a dozen statements to note when, to forget
failed attempts and to renew a session that is not there yet. Two thousand tests begin so; what
signing in does beside is held by tests of its own.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils.crypto import get_random_string

from waterdesk.core.models import User

_as_a_person = Client.force_login


def force_login(client: Client, user: User, backend: str | None = None) -> None:
    """In the place of `Client.force_login`; who has a session already signs in as a person does."""
    if settings.SESSION_COOKIE_NAME in client.cookies:
        _as_a_person(client, user, backend)
        return
    session = SessionStore(get_random_string(32).lower())
    # Nothing is to be looked for under a key that was just made up.
    session._session_cache = {
        SESSION_KEY: user._meta.pk.value_to_string(user),
        BACKEND_SESSION_KEY: backend or settings.AUTHENTICATION_BACKENDS[-1],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    session.create_model_instance(session._session).save(force_insert=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
