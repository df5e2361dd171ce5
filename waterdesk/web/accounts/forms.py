"""What is typed to come in."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    SetPasswordMixin,
    UsernameField,
)
from django.utils.translation import gettext_lazy as _

CODE_LENGTH = 6


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("手机号码"),
        max_length=40,
        error_messages={"required": _("请填写手机号码。")},
        widget=forms.TextInput(
            attrs={
                "type": "tel",
                "inputmode": "tel",
                "autocomplete": "tel-national",
                "placeholder": _("11 位手机号码"),
                "autofocus": True,
            }
        ),
    )

    def clean_phone(self) -> str:
        return get_adapter().clean_phone(self.cleaned_data["phone"])


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        error_messages={"required": _("请填写短信中的验证码。")},
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "pattern": "[0-9]*",
                "maxlength": CODE_LENGTH,
                "placeholder": _("6 位数字"),
                "autofocus": True,
            }
        ),
    )

    def clean_code(self) -> str:
        """Six digits, whether typed half or full width. A slip in length costs no try."""
        code = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", self.cleaned_data["code"]))
        if not re.fullmatch(rf"[0-9]{{{CODE_LENGTH}}}", code):
            raise forms.ValidationError(_("验证码为 6 位数字。"), code="shape")
        return code


class StaffForm(AuthenticationForm):
    username = UsernameField(
        label=_("用户名"),
        max_length=150,
        error_messages={"required": _("请填写用户名。")},
        widget=forms.TextInput(attrs={"autofocus": True, "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("密码"),
        strip=False,
        error_messages={"required": _("请填写密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    # The same words whether the name, the password or the account is at fault.
    error_messages = {
        "invalid_login": _("用户名或密码不正确。"),
        "inactive": _("用户名或密码不正确。"),
    }


class NewPasswordForm(PasswordChangeForm):
    old_password = forms.CharField(
        label=_("当前密码"),
        strip=False,
        error_messages={"required": _("请填写当前密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new_password1, new_password2 = SetPasswordMixin.create_password_fields(
        label1=_("新密码"), label2=_("再填一次新密码")
    )
    error_messages = {
        "password_incorrect": _("当前密码不正确。"),
        "password_mismatch": _("两次填写的新密码不一致。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In one line instead of four; the validators say the rest when it matters.
        self.fields["new_password1"].help_text = _("至少 10 个字符，不能全是数字或常见密码。")
        self.fields["new_password2"].help_text = ""
