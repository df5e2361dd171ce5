"""Refusals. A DeskError is an answer to a person; anything else that is raised is a bug."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

Message = str | Lazy


class DeskError(Exception):
    """What was asked is refused: a stable `code`, an HTTP `status`, a `message` to show.

    `fields` names the inputs at fault, each with its own message; it is empty when none is.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    message: Message = _("请求未被接受。")

    def __init__(
        self, message: Message | None = None, *, fields: Mapping[str, Message] | None = None
    ) -> None:
        self.message = message if message is not None else type(self).message
        self.fields = dict(fields or {})
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class Invalid(DeskError):
    code = "invalid"
    message = _("填写的内容有误，请检查后重试。")


class NotAllowed(DeskError):
    code = "not_allowed"
    status = 403
    message = _("您没有进行此操作的权限。")


class NotFound(DeskError):
    code = "not_found"
    status = 404
    message = _("没有找到该办件。")


class Conflict(DeskError):
    code = "conflict"
    status = 409
    message = _("办件已被他人更新，请核对最新内容后再提交。")


class TooMany(DeskError):
    code = "too_many"
    status = 429
    message = _("操作过于频繁，请稍后再试。")
