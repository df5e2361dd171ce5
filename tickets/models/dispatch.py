"""派单: what each sort of repair asks of its crew, who can do it, and who was sent and said what.

Sendings are kept by the door, with the move that sends, is accepted or declined.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.config import Configured

# A day; what may wait longer need not be accepted. *chosen*
MOST_MINUTES = 24 * 60


class DispatchRule(Configured):
    """Of one subject ("repair.burst"), or of all below it ("repair"): the narrower one holds.

    `skill` is what somebody sent should be able to do, "" is nothing special; `accept_minutes` is
    how long they have to accept.
    """

    subject = models.CharField(_("事项"), max_length=40, unique=True)
    skill = models.SlugField(_("所需技能"), max_length=40, blank=True, db_index=False)
    accept_minutes = models.PositiveSmallIntegerField(
        _("几分钟内接单"),
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)],
    )
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("派单规则")
        ordering = ["subject"]

    def __str__(self) -> str:
        return self.subject


class Skill(models.Model):
    """What somebody of the crew can do, by the code that rules ask for."""

    in_history = True

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="skills", verbose_name=_("人员")
    )
    code = models.SlugField(_("技能"), max_length=40, db_index=False)

    class Meta:
        verbose_name = verbose_name_plural = _("技能")
        constraints = [models.UniqueConstraint(fields=["user", "code"], name="skill_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.code}"


class Sending(models.Model):
    """One time somebody was sent to a ticket, until they accepted, or it was taken further.

    `accept_by` is None where nothing has to be accepted. `told_at` is when the desk told the lead
    that nobody accepts and there is nobody else to send.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待接单")
        ACCEPTED = "accepted", _("已接单")
        DECLINED = "declined", _("已退回")
        LAPSED = "lapsed", _("逾时未接")
        REPLACED = "replaced", _("已改派")

    case = models.ForeignKey("core.Case", models.PROTECT, related_name="sendings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_rule = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    accept_by = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="sending_one_stands",
                fields=["case"],
                condition=Q(state__in=["waiting", "accepted"]),
            ),
            models.CheckConstraint(
                name="sending_state_known",
                condition=Q(state__in=["waiting", "accepted", "declined", "lapsed", "replaced"]),
            ),
        ]
        indexes = [
            # What nobody accepted in time; the worker reads it every quarter of a minute.
            models.Index(
                fields=["accept_by"],
                name="sending_late",
                condition=Q(state="waiting", told_at__isnull=True, accept_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.user_id} {self.state}"
