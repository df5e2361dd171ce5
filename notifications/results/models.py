"""Who is told of results, and what was told."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

TOPIC_LENGTH = 60
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def check_url(value: str) -> None:
    """Raises ValidationError unless it is an http(s) address without user, password or fragment."""
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname)
        bare = parts.username is None and parts.password is None and not parts.fragment
        named = parts.port is None or parts.port > 0
    except ValueError:
        whole = bare = named = False
    if not (whole and bare and named and value.isascii()) or _CONTROL.search(value):
        raise ValidationError(_("请填写完整的 http:// 或 https:// 地址，不含用户名和密码。"))


class Subscriber(models.Model):
    """接收系统: a system that is told of results.

    `secret` names the setting that holds the shared secret: RESULTS_SECRET_<secret> of the
    environment. The value itself is in no row and on no page. While `active` is off nothing is
    sent; what happens meanwhile is held and goes out, in order, once it is on again.
    """

    in_history = True

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    url = models.CharField(_("地址"), max_length=500, validators=[check_url])
    secret = models.CharField(
        _("密钥名称"),
        max_length=40,
        validators=[RegexValidator(r"\A[A-Z][A-Z0-9_]*\Z", _("只能用大写字母、数字和下划线。"))],
        help_text=_("环境变量 RESULTS_SECRET_ 之后的部分，例如 BILLING；密钥本身不在此处填写。"),
    )
    topics = ArrayField(models.CharField(max_length=TOPIC_LENGTH), verbose_name=_("主题"))
    active = models.BooleanField(_("启用"), default=True)
    # It answered 410 then; whoever switches it on again clears it.
    gone_at = models.DateTimeField(_("对方声明停用的时间"), null=True, blank=True, editable=False)
    notes = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("接收系统")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                name="subscriber_gone_is_off",
                condition=Q(gone_at__isnull=True) | Q(active=False),
                violation_error_message=_("对方已声明停用的接收系统不能是启用状态。"),
            ),
            models.CheckConstraint(name="subscriber_has_a_url", condition=~Q(url="")),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        from notifications.results import book

        book.forget()
        transaction.on_commit(book.forget)


class State(models.TextChoices):
    WAITING = "waiting", _("待推送")
    SENDING = "sending", _("推送中")
    SENT = "sent", _("已送达")
    HELD = "held", _("暂停")
    DEAD = "dead", _("推送失败")


OPEN = (State.WAITING, State.SENDING)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def dead(self) -> DeliveryQuerySet:
        return self.filter(state=State.DEAD)

    def since(self, at: datetime) -> DeliveryQuerySet:
        """What was queued at the aware instant `at` or later."""
        return self.filter(created_at__gte=at)


class Delivery(models.Model):
    """推送: one result for one subscriber, its body fixed when it was queued.

    `body` is the very text that is signed and sent, at each try and each replay. `version` is the
    length of the case's record when it happened: later results of one case have higher ones.
    `refusals` counts the refusing answers in a row, `replays` how often staff sent it again.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    subscriber = models.ForeignKey(
        Subscriber, models.PROTECT, related_name="deliveries", verbose_name=_("接收系统")
    )
    topic = models.CharField(_("主题"), max_length=TOPIC_LENGTH)
    case = models.CharField(_("办件号"), max_length=32)
    version = models.PositiveIntegerField(_("留痕序号"))
    body = models.TextField(_("内容"))
    state = models.CharField(_("状态"), max_length=8, choices=State)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    refusals = models.PositiveSmallIntegerField(_("连续被拒次数"), default=0)
    replays = models.PositiveSmallIntegerField(_("重推次数"), default=0)
    created_at = models.DateTimeField(_("生成时间"))
    next_try_at = models.DateTimeField(_("下次推送"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    answer = models.CharField(_("最近一次应答"), max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("结果推送")
        indexes = (
            # The claim reads this every few seconds; rows leave it when they are settled.
            models.Index(
                fields=["next_try_at", "id"],
                name="delivery_due",
                condition=Q(next_try_at__isnull=False),
            ),
            # Whether an earlier one of the same case is still on its way.
            models.Index(
                fields=["subscriber", "case", "version", "id"],
                name="delivery_order",
                condition=Q(state__in=["waiting", "sending", "held"]),
            ),
            # What is held and may go on, every few seconds; and the dead on every health check.
            models.Index(fields=["state", "-id"], name="delivery_by_state"),
            # What was told about one case; the page of one case number.
            models.Index(fields=["case", "-id"], name="delivery_of_case"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["subscriber", "case", "version", "topic"], name="delivery_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, next_try_at__isnull=False)
                | (~Q(state__in=OPEN) & Q(next_try_at__isnull=True)),
                name="delivery_open_has_next_try",
            ),
            models.CheckConstraint(
                condition=Q(state=State.SENDING, lease_until__isnull=False)
                | (~Q(state=State.SENDING) & Q(lease_until__isnull=True)),
                name="delivery_lease_while_sending",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SENT) | Q(sent_at__isnull=False),
                name="delivery_sent_has_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DEAD) | ~Q(answer=""), name="delivery_dead_has_answer"
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.case}"
