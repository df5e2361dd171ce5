"""来电: calls as an exchange reports them, and who sits at which extension.

What a call's columns say up to `unknown_extension` is what tickets.calls.state makes of its events;
nothing else writes them: see tickets.calls.taking.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.cases import Case


class EventKind(models.TextChoices):
    """What an exchange tells; the first word of each says what has happened by then."""

    ARRIVED = "arrived", _("呼入")
    QUEUED = "queued", _("排队")
    RINGING = "ringing", _("振铃")
    UNANSWERED = "unanswered", _("未应答")
    ANSWERED = "answered", _("接通")
    HELD = "held", _("保持")
    RESUMED = "resumed", _("恢复")
    TRANSFERRED = "transferred", _("转接")
    VOICEMAIL = "voicemail", _("语音留言")
    ABANDONED = "abandoned", _("放弃")
    ENDED = "ended", _("结束")
    # Ours: no end came within the limit.
    EXPIRED = "expired", _("超时结束")


class CallState(models.TextChoices):
    WAITING = "waiting", _("排队中")
    RINGING = "ringing", _("振铃中")
    TALKING = "talking", _("通话中")
    HELD = "held", _("保持中")
    VOICEMAIL = "voicemail", _("留言")
    ENDED = "ended", _("已结束")
    ABANDONED = "abandoned", _("未接")


LIVE = (
    CallState.WAITING.value,
    CallState.RINGING.value,
    CallState.TALKING.value,
    CallState.HELD.value,
)
MISSED = (CallState.ABANDONED.value, CallState.VOICEMAIL.value)


class Direction(models.TextChoices):
    IN = "in", _("呼入")
    OUT = "out", _("呼出")


class AgentPhone(models.Model):
    """Who sits at an extension now: whoever said so last. Written by tickets.calls.phones."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="agent_phone"
    )
    extension = models.CharField(_("分机号"), max_length=20, unique=True)
    since = models.DateTimeField(_("自"))

    class Meta:
        verbose_name = verbose_name_plural = _("坐席分机")

    def __str__(self) -> str:
        return self.extension


class Call(models.Model):
    """One call. Instants are the exchange's; `wait` and `talk` are in seconds."""

    provider = models.CharField(_("接入方"), max_length=20)
    provider_call = models.CharField(_("接入方的通话号"), max_length=80)
    direction = models.CharField(_("方向"), max_length=3, choices=Direction.choices, default="in")
    number = models.CharField(_("号码"), max_length=40, blank=True)
    number_given = models.CharField(_("号码（原样）"), max_length=80, blank=True)
    called = models.CharField(_("被叫号码"), max_length=40, blank=True)
    trunk = models.CharField(_("中继"), max_length=60, blank=True)
    extension = models.CharField(_("分机号"), max_length=20, blank=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="calls",
        verbose_name=_("坐席"),
    )  # fmt: skip
    state = models.CharField(
        _("状态"), max_length=10, choices=CallState.choices, default=CallState.WAITING
    )
    began_at = models.DateTimeField(_("呼入时间"))
    ringing_at = models.DateTimeField(_("振铃时间"), null=True, blank=True)
    answered_at = models.DateTimeField(_("接通时间"), null=True, blank=True)
    held_at = models.DateTimeField(_("保持时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    abandoned_at = models.DateTimeField(_("放弃时间"), null=True, blank=True)
    voicemail_at = models.DateTimeField(_("留言时间"), null=True, blank=True)
    wait = models.PositiveIntegerField(_("等待秒数"), null=True, blank=True)
    talk = models.PositiveIntegerField(_("通话秒数"), null=True, blank=True)
    recording = models.CharField(_("录音"), max_length=300, blank=True)
    expired = models.BooleanField(_("超时结束"), default=False)
    # A ring at an extension at which nobody sits, as far as the desk knows.
    unknown_extension = models.BooleanField(_("分机无人登记"), default=False)
    # What people do with it.
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("登记人"),
    )  # fmt: skip
    opened_at = models.DateTimeField(_("登记时间"), null=True, blank=True)
    case = models.ForeignKey(
        Case, models.SET_NULL, null=True, blank=True, related_name="phone_calls",
        verbose_name=_("办件"),
    )  # fmt: skip
    wrap_up = models.CharField(_("话后原因"), max_length=40, blank=True)
    called_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("回拨人"),
    )  # fmt: skip
    called_back_at = models.DateTimeField(_("回拨时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("来电")
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_call"], name="call_is_one"),
            models.CheckConstraint(
                name="call_state_is_known", condition=Q(state__in=CallState.values)
            ),
        ]
        indexes = [
            # Who is on the line now: the wallboard, the pop, the task that ends forgotten calls.
            models.Index(fields=["began_at"], name="call_live", condition=Q(state__in=LIVE)),
            # Whom nobody has called back yet.
            models.Index(
                fields=["-id"],
                name="call_missed",
                condition=Q(state__in=MISSED, called_back_at__isnull=True, direction="in"),
            ),
            # An agent's own list, and the last calls of a number.
            models.Index(fields=["agent", "-id"], name="call_of_agent"),
            models.Index(fields=["number", "-id"], name="call_of_number", condition=~Q(number="")),
            # Figures of a day.
            models.Index(fields=["began_at", "state"], name="call_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}/{self.provider_call}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_missed(self) -> bool:
        return self.state in MISSED and self.direction == Direction.IN


class CallEvent(models.Model):
    """One thing an exchange told, as it was received. Rows are added and never changed."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="events")
    provider = models.CharField(max_length=20)
    event = models.CharField(_("事件号"), max_length=120)
    kind = models.CharField(_("事件"), max_length=12, choices=EventKind.choices)
    at = models.DateTimeField(_("时间"))
    received_at = models.DateTimeField(_("收到时间"))
    said = models.JSONField(_("原文"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("来电事件")
        constraints = [
            models.UniqueConstraint(fields=["provider", "event"], name="call_event_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event}"


class Ring(models.Model):
    """A call at one extension: `user` sat there when it first rang. Derived like its call."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="rings")
    extension = models.CharField(max_length=20)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="rings"
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    answered = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "extension"], name="ring_is_one"),
        ]
        indexes = [
            # What rings at somebody, or rang since their browser lost its connection.
            models.Index(fields=["user", "-since"], name="ring_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.extension} {self.call_id}"
