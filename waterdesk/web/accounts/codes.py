"""One mobile number proving itself in one browser session by a code sent to it.

The number is never looked up before it is proved, so the pages are the same for everybody, and
whoever is new gets an account on the spot. The code's state is allauth's and lies in the session;
limits and wrong tries are counted in the database, where parallel requests cannot outrun them.
"""

from __future__ import annotations

import math
import time
from typing import Any
from uuid import uuid4

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.utils import perform_login
from allauth.core.internal.cryptokit import compare_user_code
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from waterdesk.core import throttle
from waterdesk.core.errors import Invalid, NotAllowed

SESSION_KEY = "phone_login"
# How long a browser remembers a number that was not proved, in seconds.
KEPT = 1800
# Codes, each as (scope, how many, within seconds). *chosen*: who mistypes gets in, nobody is
# flooded, and one address may much, since a mobile carrier hides thousands behind it.
PAUSE = 60
PER_PHONE = (("code.pause", 1, PAUSE), ("code.hour", 5, 3600), ("code.day", 12, 86400))
PER_ADDRESS = ("code.address", 60, 3600)

SPENT = _("验证码已输错 %(tries)d 次，请重新获取验证码。")
WRONG = _("验证码不正确，还可以再试 %(left)d 次。")
STALE = _("验证码已失效，请重新获取验证码。")


class PhoneLogin(AbstractCodeVerificationProcess):
    """The state between asking for a code and being in."""

    def __init__(self, request: HttpRequest, state: dict[str, Any]) -> None:
        super().__init__(
            max_attempts=app_settings.PHONE_VERIFICATION_MAX_ATTEMPTS,
            timeout=app_settings.PHONE_VERIFICATION_TIMEOUT,
            state=state,
        )
        self.request = request

    @classmethod
    def begin(cls, request: HttpRequest, phone: str, after: str) -> PhoneLogin:
        """Send a first code to `phone` (eleven digits); `after` is where to go once in, or "".

        Asking again in the same browser while a code is on its way goes on with that one. Raises
        Throttled when the number or the address asked too often.
        """
        pending = cls.resume(request)
        if pending is not None and pending.phone == phone and pending.wait:
            pending.state["after"] = after
            pending.persist()
            return pending
        process = cls(request, {"phone": phone, "after": after})
        process.send()
        return process

    @classmethod
    def resume(cls, request: HttpRequest) -> PhoneLogin | None:
        """What is going on in this session, a code that is stale or spent included."""
        state = request.session.get(SESSION_KEY)
        if not isinstance(state, dict) or time.time() - state.get("at", 0) > KEPT:
            return None
        return cls(request, state)

    @property
    def phone(self) -> str:
        return self.state["phone"]

    @property
    def usable(self) -> bool:
        """Whether a code was sent that may still be typed."""
        return bool(self.code) and self.is_valid()

    @property
    def wait(self) -> int:
        """Seconds until another code may be sent; 0 when it may be now."""
        return max(0, math.ceil(self.state["at"] + PAUSE - time.time()))

    def send(self) -> None:
        """Send a new code; the one before is void. Raises Throttled, and the old one stays."""
        throttle.hit(self.request, *PER_ADDRESS)
        for limit in PER_PHONE:
            throttle.hit(self.phone, *limit)
        adapter = get_adapter()
        code = adapter.generate_phone_verification_code(user=None, phone=self.phone)
        adapter.send_verification_code_sms(user=None, phone=self.phone, code=code)
        self.state.update(self.initial_state(user=None, phone=self.phone))
        self.state.update(code=code, nonce=uuid4().hex)
        self.persist()

    def check(self, typed: str) -> None:
        """Take one try. Raises Invalid, with what to do next, unless it is the code."""
        if not self.usable:
            raise Invalid(STALE)
        try:
            throttle.hit(self.state["nonce"], "code.try", self.max_attempts, self.timeout)
        except throttle.Throttled:
            self.abort()
            raise Invalid(SPENT % {"tries": self.max_attempts}) from None
        if compare_user_code(actual=typed, expected=self.code):
            return
        if not self.record_invalid_attempt():
            raise Invalid(SPENT % {"tries": self.max_attempts})
        raise Invalid(WRONG % {"left": self.max_attempts - self.state["failed_attempts"]})

    def finish(self) -> HttpResponse:
        """Sign the holder of the number in and go where they were going."""
        self.request.session.pop(SESSION_KEY, None)
        adapter = get_adapter()
        user = adapter.customer(self.phone)
        if not user.is_active:
            raise NotAllowed(_("该账户已停用，请拨打服务热线。"))
        after = self.state["after"]
        safe = after if after and adapter.is_safe_url(after) else None
        return perform_login(self.request, user, redirect_url=safe)

    def persist(self) -> None:
        self.request.session[SESSION_KEY] = self.state

    def abort(self) -> None:
        """The code is void; the number stays, so that another can be sent."""
        self.state["code"] = ""
        self.persist()
