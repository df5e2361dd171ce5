"""Who calls: the owner of `Authorization: Token …`."""

from __future__ import annotations

from rest_framework import authentication, exceptions

from waterdesk.core.models.people import User

# Every call asks this; compiling it anew would take longer than the answer.
_OWNER = """
SELECT core_user.* FROM core_user JOIN authtoken_token ON user_id = core_user.id
WHERE authtoken_token.key = %s
"""


class TokenAuthentication(authentication.TokenAuthentication):
    """REST framework's, but the account comes in one row; `request.auth` is the key itself."""

    def authenticate_credentials(self, key: str) -> tuple[User, str]:
        user = next(iter(User.objects.raw(_OWNER, [key])), None)
        if user is None or not user.is_active:
            raise exceptions.AuthenticationFailed
        return user, key
