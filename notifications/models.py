"""Message texts as data, and the messages made of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from notifications import rendering
from notifications.results.models import Delivery, Subscriber

__all__ = ["Channel", "Delivery", "Message", "State", "Subscriber", "Text"]

# How long a message is worth sending: a reminder a day old misleads more than it helps. *chosen*
DEFAULT_TTL = timedelta(hours=24)
SUBJECT_LENGTH = 120


class Channel(models.TextChoices):
    """渠道. An inbox message is delivered by being there; everything else by a transport."""

    INBOX = "inbox", _("站内消息")
    SMS = "sms", _("短信")


class State(models.TextChoices):
    QUEUED = "queued", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    DELIVERED = "delivered", _("已送达")
    DEAD = "dead", _("发送失败")
    EXPIRED = "expired", _("过期未发")


OPEN = (State.QUEUED, State.SENDING)
ARRIVED = (State.SENT, State.DELIVERED)

# Once nothing more is to be done, a secret text has no reason to stay.
BODY_AFTERWARDS = Case(
    When(secret=True, then=Value("")), default=F("body"), output_field=models.TextField()
)


class Text(models.Model):
    """The wording of one kind of message on one channel; edited by the utility.

    A notice goes out on each channel that has an active text for its key, so switching a text off
    silences that channel for that kind of message.
    """

    in_history = True

    key = models.CharField(_("代码"), max_length=64)
    channel = models.CharField(_("渠道"), max_length=16, choices=Channel)
    subject = models.CharField(
        _("标题"), max_length=SUBJECT_LENGTH, blank=True, validators=[rendering.check]
    )
    body = models.TextField(_("正文"), max_length=1000, validators=[rendering.check])
    ttl = models.DurationField(
        _("有效时长"),
        null=True,
        blank=True,
        help_text=_("超过此时长仍未发出的消息不再发送；留空为 24 小时。"),
    )
    secret = models.BooleanField(
        _("保密"),
        default=False,
        help_text=_("正文不对工作人员显示，发出后即清除（如登录验证码）。"),
    )
    active = models.BooleanField(_("启用"), default=True)
    notes = models.CharField(_("说明与出处"), max_length=300, blank=True)
    # A fingerprint of the wording as it came from seeds/; an edited text no longer fits it.
    seeded = models.CharField(max_length=64, blank=True, editable=False)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("消息文本")
        verbose_name_plural = _("消息文本")
        ordering = ("key", "channel")
        constraints = (
            models.UniqueConstraint(
                fields=["key", "channel"],
                name="text_once_per_channel",
                violation_error_message=_("该代码在此渠道已有文本。"),
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="text_channel_known"
            ),
            models.CheckConstraint(condition=~Q(body=""), name="text_has_body"),
            models.CheckConstraint(
                condition=Q(ttl__isnull=True) | Q(ttl__gt=timedelta()),
                name="text_ttl_positive",
                violation_error_message=_("有效时长必须大于零。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} · {self.get_channel_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises ValidationError for a brace that is no placeholder: it would be sent as typed."""
        rendering.check(self.subject)
        rendering.check(self.body)
        super().save(*args, **kwargs)
        from notifications import texts

        texts.forget()
        transaction.on_commit(texts.forget)


class MessageQuerySet(models.QuerySet["Message"]):
    def inbox_of(self, user: Any) -> MessageQuerySet:
        """What lies in one person's inbox; newest first is by `-id`."""
        return self.filter(channel=Channel.INBOX, recipient_id=user.pk)

    def visible_to(self, user: Any) -> MessageQuerySet:
        """Administrators see every message, everybody else their own inbox."""
        if getattr(user, "role", "") == "admin":
            return self.all()
        return self.inbox_of(user)

    def unread(self) -> MessageQuerySet:
        return self.filter(channel=Channel.INBOX, read_at__isnull=True)

    def mark_read(self, at: datetime) -> int:
        """Mark what is unread; returns how many. Repeating keeps the first instant of reading."""
        return self.unread().update(read_at=at)


class Message(models.Model):
    """One text to one person over one channel, fixed when it was queued.

    `occurrence` names what happened, once; `address` is a mobile number, or for the inbox the
    user's key. The three together with the channel make the message happen once.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    key = models.CharField(_("代码"), max_length=64)
    channel = models.CharField(_("渠道"), max_length=16, choices=Channel)
    # PROTECT: who was told is part of what happened. People are deactivated, not deleted.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("收件人"),
        db_index=False,
    )
    address = models.CharField(_("地址"), max_length=64)
    subject = models.CharField(_("标题"), max_length=SUBJECT_LENGTH)
    body = models.TextField(_("正文"))
    secret = models.BooleanField(_("保密"))
    case = models.CharField(_("办件号"), max_length=32)
    occurrence = models.CharField(_("事由"), max_length=160)
    state = models.CharField(_("状态"), max_length=16, choices=State)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"))
    # While queued: when to try. While sending: when the lease ends and anybody may try again.
    next_try_at = models.DateTimeField(_("下次尝试"), null=True)
    lease_until = models.DateTimeField(_("占用至"), null=True)
    expires_at = models.DateTimeField(_("失效时间"), null=True)
    carrier_id = models.CharField(_("通道流水号"), max_length=128)
    created_at = models.DateTimeField(_("生成时间"))
    sent_at = models.DateTimeField(_("发送时间"), null=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True)
    error = models.CharField(_("失败原因"), max_length=300)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        indexes = (
            # Delivery's claim reads this every few seconds; rows leave it when they are settled.
            models.Index(
                fields=["next_try_at"], name="message_due", condition=Q(next_try_at__isnull=False)
            ),
            # A person's inbox, newest first, and the page after an id.
            models.Index(
                fields=["recipient", "-id"], name="message_inbox", condition=Q(channel="inbox")
            ),
            # The number beside the bell, on every staff page.
            models.Index(
                fields=["recipient"],
                name="message_unread",
                condition=Q(channel="inbox", read_at__isnull=True),
            ),
            # What was told about one case.
            models.Index(fields=["case", "-id"], name="message_case", condition=~Q(case="")),
            # What could not be sent, for the staff who must telephone instead.
            models.Index(fields=["-id"], name="message_dead", condition=Q(state="dead")),
            # A carrier's receipt.
            models.Index(
                fields=["carrier_id"], name="message_carrier", condition=~Q(carrier_id="")
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["occurrence", "channel", "address"], name="message_once_per_occurrence"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="message_state_known"),
            models.CheckConstraint(condition=~Q(address=""), name="message_has_address"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, next_try_at__isnull=False, expires_at__isnull=False)
                | (~Q(state__in=OPEN) & Q(next_try_at__isnull=True)),
                name="message_open_has_next_try",
            ),
            models.CheckConstraint(
                condition=Q(state=State.SENDING, lease_until__isnull=False)
                | (~Q(state=State.SENDING) & Q(lease_until__isnull=True)),
                name="message_lease_while_sending",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ARRIVED) | Q(sent_at__isnull=False),
                name="message_sent_has_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DEAD) | ~Q(error=""), name="message_dead_has_error"
            ),
            models.CheckConstraint(
                condition=~Q(channel=Channel.INBOX) | Q(recipient__isnull=False, state=State.SENT),
                name="message_inbox_is_there",
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(channel=Channel.INBOX),
                name="message_read_in_inbox",
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} → {self.get_channel_display()}"
