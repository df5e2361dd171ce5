"""What a password of staff must be; the list is in the settings."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django's own, whose refusal has no Chinese in 5.2."""

    def get_error_message(self) -> str:
        return _("密码至少需要 %(length)d 个字符。") % {"length": self.min_length}
