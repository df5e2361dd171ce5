"""Staff: name and password, a shift at a time; and the way out for everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.models import Token

from waterdesk.core import throttle
from waterdesk.core.errors import Message
from waterdesk.core.throttle import Throttled
from waterdesk.web.access import STAFF_LOGIN, desk_only
from waterdesk.web.accounts import lockout
from waterdesk.web.accounts.forms import NewPasswordForm, StaffForm

# Longer than any shift, shorter than the night between two. Counted from signing in.
SESSION = timedelta(hours=12)
# Tries from one address, whatever the name: a password check is expensive on purpose. *chosen*
# generously, since a whole branch office signs in from one address at half past eight.
PER_ADDRESS = ("desk.login", 60, 300)
# Somebody at an unlocked screen must not find out the password by trying. *chosen*
PER_PERSON = ("desk.password", 5, 900)


class StaffLogin(views.LoginView):
    """Five wrong passwords lock the name at that address for a quarter of an hour (axes)."""

    form_class = StaffForm
    template_name = "account/staff_login.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # A customer may go on to sign in as staff here; staff have no need to.
        self.redirect_authenticated_user = request.user.is_authenticated and request.user.is_desk
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            throttle.hit(request, *PER_ADDRESS)
        except Throttled as refusal:
            return self._refused(refusal.message)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: StaffForm) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session.set_expiry(timezone.now() + SESSION)
        return response

    def form_invalid(self, form: StaffForm) -> HttpResponse:
        if getattr(self.request, "axes_locked_out", False):
            return self._refused(lockout.message())
        return super().form_invalid(form)

    def _refused(self, message: Message) -> HttpResponse:
        """The page again with the name kept; the form is a new one, which tries no password."""
        form = self.form_class(initial={"username": self.request.POST.get("username", "")})
        context = self.get_context_data(form=form, refusal=message)
        return self.render_to_response(context, status=lockout.STATUS)


@method_decorator(desk_only, name="dispatch")
class NewPassword(views.PasswordChangeView):
    """A new password ends every other session of this person, and the API token."""

    form_class = NewPasswordForm
    template_name = "account/password.html"
    success_url = reverse_lazy("home")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            throttle.hit(f"user:{request.user.pk}", *PER_PERSON)
        except Throttled as refusal:
            context = self.get_context_data(
                form=self.form_class(request.user), refusal=refusal.message
            )
            return self.render_to_response(context, status=refusal.status)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            Token.objects.filter(user=self.request.user).delete()
        messages.success(self.request, _("密码已修改。其他设备上的登录和接口令牌已失效。"))
        return response


class Logout(views.LogoutView):
    """Out, by POST alone; each to the door they came in by."""

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        desk = request.user.is_authenticated and request.user.is_desk
        self.next_page = STAFF_LOGIN if desk else settings.LOGOUT_REDIRECT_URL
        return super().dispatch(request, *args, **kwargs)
