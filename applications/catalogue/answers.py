"""Answers to the questions that only one service asks, checked one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.catalogue.definition import Service
from waterdesk.core import asking
from waterdesk.core.asking import in_words
from waterdesk.core.errors import Message

__all__ = ["clean", "in_words"]


def clean(
    service: Service,
    given: Mapping[str, Any],
    others: Mapping[str, Any],
    faults: dict[str, Message],
) -> dict[str, Any]:
    """The clean answers by code, as core.asking checks them; `others` have columns of their own."""
    unknown = _("这项服务没有这个问题。")
    return asking.clean(service.own, given, others, faults, unknown=unknown)
