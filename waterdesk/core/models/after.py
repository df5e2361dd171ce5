"""办结以后: the call back, and how satisfied the customer was. Only the door writes these rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.cases import Case

if TYPE_CHECKING:
    from waterdesk.core.models.people import User


class AftercareQuerySet(models.QuerySet["Aftercare"]):
    def visible_to(self, user: User) -> AftercareQuerySet:
        """Those of the cases this person may see."""
        return self.filter(case__in=Case.objects.visible_to(user).values("pk"))

    def waiting(self) -> AftercareQuerySet:
        return self.filter(call=Aftercare.Call.WAITING)

    def rated(self) -> AftercareQuerySet:
        return self.filter(value__isnull=False)


class Aftercare(models.Model):
    """What follows one case once its work is done: the call, the link, the answer.

    `done_at` is when the work was done, None while it goes on again. `due_at` is from when on to
    call. `link_serial` counts the links that were sent: the newest alone opens, until `link_until`.
    `complaint` is the ticket that a bad answer opened: one a case, whatever is changed afterwards.
    """

    class Call(models.TextChoices):
        NONE = "", _("不回访")
        WAITING = "waiting", _("待回访")
        REACHED = "reached", _("已接通")
        REFUSED = "refused", _("客户不愿回访")
        UNREACHED = "unreached", _("多次未接通")
        ANSWERED = "answered", _("客户已自行评价")

    class By(models.TextChoices):
        LINK = "link", _("短信链接")
        CALL = "call", _("电话回访")
        PAGE = "page", _("客户确认时")

    case = models.OneToOneField(
        Case, models.CASCADE, related_name="after", verbose_name=_("办件")
    )  # fmt: skip
    done_at = models.DateTimeField(_("办好时间"), null=True, blank=True)
    call = models.CharField(_("回访"), max_length=10, choices=Call.choices, blank=True)
    due_at = models.DateTimeField(_("回访时间"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("未接通次数"), default=0)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("回访人"),
    )  # fmt: skip
    taken_until = models.DateTimeField(_("占用至"), null=True, blank=True)
    called_at = models.DateTimeField(_("回访完成时间"), null=True, blank=True)
    link_serial = models.PositiveSmallIntegerField(default=0)
    link_until = models.DateTimeField(_("评价链接有效至"), null=True, blank=True)
    value = models.PositiveSmallIntegerField(_("评分"), null=True, blank=True)
    reasons = models.JSONField(_("评价原因"), default=list, blank=True)
    words = models.CharField(_("客户原话"), max_length=500, blank=True)
    rated_by = models.CharField(_("评价方式"), max_length=4, choices=By.choices, blank=True)
    rated_at = models.DateTimeField(_("评价时间"), null=True, blank=True)
    complaint = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="complains_of",
        verbose_name=_("投诉工单"),
    )  # fmt: skip

    objects = AftercareQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("回访与评价")
        indexes = [
            # The call list, oldest first, paged by this key.
            models.Index(
                fields=["due_at", "id"], name="aftercare_to_call", condition=Q(call="waiting")
            ),
            # How satisfied the customers of a period were, and the list behind each figure.
            models.Index(
                fields=["rated_at", "id"],
                name="aftercare_rated",
                condition=Q(rated_at__isnull=False),
            ),
            # How many of those whose work was done in a period were called.
            models.Index(
                fields=["done_at"], name="aftercare_done", condition=Q(done_at__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="aftercare_value_is_1_to_5",
                condition=Q(value__isnull=True) | Q(value__range=(1, 5)),
                violation_error_message=_("满意度为 1 到 5 分。"),
            ),
            models.CheckConstraint(
                name="aftercare_rated_as_a_whole",
                condition=Q(value__isnull=True, rated_at__isnull=True)
                | Q(value__isnull=False, rated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="aftercare_waits_for_a_time",
                condition=~Q(call="waiting") | Q(due_at__isnull=False, done_at__isnull=False),
            ),
            models.CheckConstraint(
                name="aftercare_taken_for_a_while",
                condition=Q(taken_by__isnull=True) | Q(taken_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.call}"
