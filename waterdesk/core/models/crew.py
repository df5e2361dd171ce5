"""What a phone of the crew told the desk: kept as it was told, beside what came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.crew import times
from waterdesk.core.models.places import on_earth


class CrewAction(models.Model):
    """One move made on a phone. `id` is the phone's own: told again, it changes nothing.

    `phone_at` is what the phone's clock showed, `arrived_at` when the desk heard of it, `wanted_at`
    the most likely true instant, `made_at` at which it counts now. `seq` is its line of the record.
    The position is the phone's own, in degrees (WGS84), its accuracy in metres; `metres` is how far
    it was from the case's place.
    """

    class State(models.TextChoices):
        DONE = "done", _("已生效")
        ASKED = "asked", _("时间待定")
        GRANTED = "granted", _("按真实时间")
        DECLINED = "declined", _("按到达时间")
        REFUSED = "refused", _("未被接受")

    class Doubt(models.TextChoices):
        """Why the phone's time was not simply believed."""

        NONE = "", _("无")
        UNKNOWN = times.UNKNOWN, _("手机从未与服务器对时")
        WRONG = times.WRONG, _("手机时钟相差一天以上")
        CHANGED = times.CHANGED, _("手机时钟在断网期间被调整")
        AHEAD = times.AHEAD, _("手机时间晚于服务器")
        LATE = times.LATE, _("断网时间超过允许时长")

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("外勤人员")
    )
    # By number, like the record: what was refused may name a case that there is not.
    case = models.CharField(_("办件"), max_length=24)
    action = models.CharField(_("流转"), max_length=50)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    changes = models.JSONField(_("填写内容"), default=dict)
    phone_at = models.DateTimeField(_("手机时间"))
    offset_ms = models.BigIntegerField(_("手机与服务器相差（毫秒）"), null=True)
    sent_at = models.DateTimeField(_("发送时的手机时间"), null=True)
    arrived_at = models.DateTimeField(_("到达时间"))
    wanted_at = models.DateTimeField(_("推定时间"))
    made_at = models.DateTimeField(_("生效时间"), null=True)
    seq = models.PositiveIntegerField(_("留痕序号"), null=True)
    state = models.CharField(_("结果"), max_length=10, choices=State.choices)
    doubt = models.CharField(_("存疑"), max_length=10, choices=Doubt.choices, blank=True)
    refusal = models.JSONField(_("未接受的原因"), null=True)
    lat = models.FloatField(_("纬度"), null=True)
    lon = models.FloatField(_("经度"), null=True)
    accuracy = models.FloatField(_("精度（米）"), null=True)
    metres = models.FloatField(_("离办件地点（米）"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("决定人"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("决定时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("手机操作")
        indexes = [
            # What a case's staff page says of its phone.
            models.Index(fields=["case", "arrived_at"], name="crew_action_of_case"),
            # The queue of the leads: few rows.
            models.Index(
                fields=["arrived_at"], name="crew_action_asked", condition=Q(state="asked")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="crew_action_refused_or_made",
                condition=Q(state="refused", made_at__isnull=True, refusal__isnull=False)
                | (~Q(state="refused") & Q(made_at__isnull=False, seq__isnull=False)),
            ),
            models.CheckConstraint(
                name="crew_action_decided_by_somebody",
                condition=Q(state__in=["granted", "declined"], decided_by__isnull=False)
                | (~Q(state__in=["granted", "declined"]) & Q(decided_by__isnull=True)),
            ),
            models.CheckConstraint(name="crew_action_is_on_earth", condition=on_earth()),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.action}"

    @property
    def accepted(self) -> bool:
        return self.state != self.State.REFUSED
