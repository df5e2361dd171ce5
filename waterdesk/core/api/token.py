"""POST /api/v1/token/: a name and a password for a token."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth import authenticate
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from waterdesk.core import throttle
from waterdesk.core.errors import DeskError, TooMany

# Tries from one address, whatever the name: a password check is expensive on purpose. *chosen*
PER_ADDRESS = ("api.token", 60, 300)


class InvalidCredentials(DeskError):
    """The same whether the name, the password or the account is at fault."""

    code = "invalid_credentials"
    message = _("用户名或密码不正确。")


class CredentialsIn(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)


class TokenOut(serializers.Serializer):
    token = serializers.CharField()


class TokenView(APIView):
    """Staff and programs of the utility get a token for `Authorization: Token …`."""

    authentication_classes: ClassVar[list[type]] = []
    permission_classes: ClassVar[list[type]] = [AllowAny]

    @extend_schema(request=CredentialsIn, responses=TokenOut, tags=["token"])
    @method_decorator(sensitive_variables())
    def post(self, request: Request) -> Response:
        """Asking again answers the same token until the password changes.

        400 `invalid_credentials` when they are wrong; 429 `too_many` when the name is locked at
        this address after repeated wrong passwords, or the address asks too often.
        """
        throttle.hit(request._request, *PER_ADDRESS)
        form = CredentialsIn(data=request.data)
        form.is_valid(raise_exception=True)
        user = authenticate(request._request, **form.validated_data)
        if user is None:
            raise self._refusal(request)
        token, _made = Token.objects.get_or_create(user=user)
        return Response(TokenOut({"token": token.key}).data)

    def _refusal(self, request: Any) -> DeskError:
        if getattr(request._request, "axes_locked_out", False):
            return TooMany(_("密码错误次数过多，请稍后再试或联系管理员。"))
        return InvalidCredentials()
