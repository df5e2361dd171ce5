"""Where people come in and go out; included at the root."""

from __future__ import annotations

from django.urls import path

from waterdesk.web.accounts import staff, views

urlpatterns = [
    path("login/", views.login, name="login"),
    path("login/code/", views.code, name="login-code"),
    path("desk/login/", staff.StaffLogin.as_view(), name="desk-login"),
    path("desk/password/", staff.NewPassword.as_view(), name="desk-password"),
    path("logout/", staff.Logout.as_view(), name="logout"),
]
