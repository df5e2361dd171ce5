"""督办: a supervisor orders somebody to answer for one case. Written by core.supervision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.cases import Case

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

# The promise that says how long the answer may take; its clock outlives the case.
CLOCK = "supervise"
WORDS_LENGTH = 500


class SupervisionQuerySet(models.QuerySet["Supervision"]):
    def visible_to(self, user: User) -> SupervisionQuerySet:
        """Those of the cases this person of the utility may see."""
        from waterdesk.core.visibility import visible  # the tree of areas is policy's to know

        if not (user.is_authenticated and user.is_desk):
            return self.none()
        return visible(self, user, area="case__area")

    def open(self) -> SupervisionQuerySet:
        return self.filter(accepted_at__isnull=True)


class Supervision(models.Model):
    """One order: to whom, with which words, what was answered, whether that was accepted.

    `reply` is the newest answer and `returned` how often one was handed back; the earlier ones are
    in the record. While `accepted_at` is None it stands, whether the case is closed or not.
    """

    class Addressee(models.TextChoices):
        HANDLER = "handler", _("处理人")
        LEAD = "lead", _("班长")

    case = models.ForeignKey(
        Case, models.CASCADE, related_name="supervisions", verbose_name=_("办件")
    )
    addressee = models.CharField(_("督办对象"), max_length=10, choices=Addressee.choices)
    demand = models.CharField(_("督办要求"), max_length=WORDS_LENGTH)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("督办人")
    )
    ordered_at = models.DateTimeField(_("督办时间"))
    reply = models.CharField(_("督办答复"), max_length=WORDS_LENGTH, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("答复人"),
    )  # fmt: skip
    replied_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    returned = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("认定人"),
    )  # fmt: skip
    accepted_at = models.DateTimeField(_("认定时间"), null=True, blank=True)

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("督办")
        ordering = ["pk"]
        indexes = [
            # What stands, the oldest first: few rows, on the page of the day.
            models.Index(
                fields=["ordered_at", "id"], name="supervision_open",
                condition=Q(accepted_at__isnull=True),
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                name="supervision_one_open_a_case", fields=["case"],
                condition=Q(accepted_at__isnull=True),
            ),
            models.CheckConstraint(
                name="supervision_accepted_after_a_reply",
                condition=Q(accepted_at__isnull=True)
                | Q(replied_at__isnull=False, accepted_at__gte=F("replied_at")),
            ),
            models.CheckConstraint(name="supervision_says_something", condition=~Q(demand="")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.addressee}"
