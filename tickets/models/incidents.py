"""事件: one fault behind many tickets, who was joined to it, and how far it has come."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import RESULT_LENGTH, SUBTYPES, Ticket
from waterdesk.core.models.cases import Case
from waterdesk.core.models.config import Configured


class Incident(Case):
    """One 事件: it has the repair clocks and the crew. Only the door writes these rows.

    `first_call_at` is the earliest call of its tickets, from which its clocks count. `into` is the
    incident it was merged into; `held` are its clocks that this voided and `stood` its status then.
    """

    subtype = models.CharField(_("报修类型"), max_length=20)
    calibre_mm = models.PositiveIntegerField(_("管道口径（毫米）"), null=True, blank=True)
    first_call_at = models.DateTimeField(_("首次来电"))
    result = models.CharField(_("处理结果"), max_length=RESULT_LENGTH, blank=True)
    into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged",
        verbose_name=_("并入"),
    )  # fmt: skip
    held = models.JSONField(default=list, blank=True, editable=False)
    # As of a ticket: until when whoever was sent has to accept.
    accept_by = models.DateTimeField(_("接单期限"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("接单时间"), null=True, blank=True)
    stood = models.CharField(max_length=20, blank=True, editable=False)

    # Of one that is being opened: a person sends somebody next, so the rule leaves it alone.
    by_hand = False

    class Meta:
        verbose_name = verbose_name_plural = _("事件")
        constraints = [
            models.CheckConstraint(
                name="incident_is_of_a_known_sort", condition=Q(subtype__in=SUBTYPES)
            ),
            models.CheckConstraint(
                name="incident_not_into_itself",
                condition=Q(into__isnull=True) | ~Q(into=F("case_ptr")),
            ),
        ]

    @property
    def calibre(self) -> str:
        return f"DN{self.calibre_mm}" if self.calibre_mm else ""

    @property
    def stage_now(self) -> Any:
        """The status as people read it, with its tone."""
        from waterdesk.core.flow import status_of  # which reads the rows beside these

        return status_of(self)

    @property
    def stages(self) -> list[dict[str, Any]]:
        """Every stage, with when it was reached. One query."""
        from tickets.incidents import reading

        return reading.stages(self)

    @property
    def callers(self) -> Any:
        """Who called about it: the first ones, and how many there are."""
        from tickets.incidents import reading

        return reading.callers(self)


class Joined(models.Model):
    """A ticket that belongs to an incident, from when to when; rows stay after it was split off.

    `state` is what the ticket gets back then: its status, its crew, the clocks that were voided.
    `seen` is the newest progress of the incident by then: its caller is told of what came later.
    """

    case = models.ForeignKey(
        Ticket, models.CASCADE, related_name="joinings", verbose_name=_("工单")
    )
    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="joined", verbose_name=_("事件")
    )
    joined_at = models.DateTimeField(_("并入时间"))
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    left_at = models.DateTimeField(_("拆出时间"), null=True, blank=True)
    seen = models.BigIntegerField(default=0)
    state = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("并入的工单")
        constraints = [
            # Of two agents who join one ticket to two incidents at once, one wins.
            models.UniqueConstraint(
                name="joined_to_one_at_a_time", fields=["case"], condition=Q(left_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.incident_id}"


class Progress(models.Model):
    """A stage that an incident came to. `told_at` is when the last of its callers was told."""

    case = models.ForeignKey(
        Incident, models.CASCADE, related_name="progress", verbose_name=_("事件")
    )
    stage = models.CharField(_("进展"), max_length=20)
    at = models.DateTimeField(_("时间"))
    told_at = models.DateTimeField(_("通知完毕"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("事件进展")
        ordering = ["id"]
        indexes = [
            # What is still to be told; nothing else asks so.
            models.Index(fields=["id"], name="progress_to_tell", condition=Q(told_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.stage}"


class FaultSort(Configured):
    """What one sort of repair is as an incident: its family and its stages between 到场 and 复供.

    Faults of one family may be one fault: a burst main is dry taps next door.
    """

    subject = models.CharField(_("事项"), max_length=40, unique=True)
    family = models.CharField(_("同类"), max_length=40, blank=True)
    stages = models.JSONField(_("环节"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("事件类型")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.subject
