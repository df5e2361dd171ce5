"""What allauth must know of us: who has which phone, what a code looks like, how it goes out."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from notifications.outbox import Notice, queue
from waterdesk.core import inputs, throttle
from waterdesk.core.errors import Invalid
from waterdesk.core.models import Role, User

CODE_TEXT = "login.code"


class Adapter(DefaultAccountAdapter):
    """Customers only: a member of staff with the same number is another person to us."""

    def clean_phone(self, phone: str) -> str:
        """Eleven digits of a mainland mobile number, however it was typed."""
        try:
            return inputs.mobile(phone)
        except Invalid as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from None

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(role=Role.CUSTOMER, phone=phone).first()

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    def customer(self, phone: str) -> User:
        """The account of whoever has proved to hold `phone`; made now if there is none.

        Two proofs at once end with the same account: the number is unique among customers.
        """
        # Nobody types or sees the name; it is not the number, which may change hands.
        new = {
            "username": f"customer-{uuid4().hex}",
            "password": make_password(None),
            "phone_verified": True,
        }
        user, _made = User.objects.get_or_create(role=Role.CUSTOMER, phone=phone, defaults=new)
        if not user.phone_verified:
            self.set_phone_verified(user, phone)
        return user

    def send_verification_code_sms(
        self, user: User | None, phone: str, code: str, **kwargs: Any
    ) -> None:
        """Put the code into the outbox; it goes out within a second or two, or not at all.

        Raises ImproperlyConfigured if no text for it is loaded: nobody could sign in.
        """
        now = timezone.now()
        valid = timedelta(seconds=app_settings.PHONE_VERIFICATION_TIMEOUT)
        notice = Notice(
            key=CODE_TEXT,
            occurrence=f"login:{uuid4().hex}",
            user_id=None,
            phone=phone,
            context={"code": code, "minutes": str(math.ceil(valid / timedelta(minutes=1)))},
            expires=now + valid,
        )
        with transaction.atomic():
            queued = queue([notice], now)
        if not queued:
            raise ImproperlyConfigured(f"There is no active short message text {CODE_TEXT!r}.")

    def is_safe_url(self, url: str) -> bool:
        """Whether to send somebody there after signing in: an address of this very site."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        return throttle.client_address(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: our pages show what happened."""
