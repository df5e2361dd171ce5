"""What the console keeps beside tickets: call-backs promised, hand-overs, reasons of wrap-up.

Call-backs are written by the door, with the move that promises or settles them; see
tickets.console.callbacks. Hand-overs are written by tickets.console.handing.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.config import Configured

WORDS_LENGTH = 200
NOTES_LENGTH = 2000


class WrapUp(Configured):
    """话后原因: how a call ended. `alone`: it may also end a call of which nothing is logged."""

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    label = models.CharField(_("名称"), max_length=40)
    alone = models.BooleanField(_("可不登记工单"), default=False)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("话后原因")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label


class CallBack(models.Model):
    """承诺回电: somebody told a caller that the desk rings back. Its clock is the case's own.

    `done_at` is when they were reached, or when the case ended without; the record says which.
    """

    case = models.ForeignKey(
        "core.Case", models.PROTECT, related_name="call_backs", db_index=False,
        verbose_name=_("办件"),
    )  # fmt: skip
    words = models.CharField(_("回电要说的事"), max_length=WORDS_LENGTH, blank=True)
    promised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+",
        verbose_name=_("承诺人"),
    )  # fmt: skip
    promised_at = models.DateTimeField(_("承诺时间"))
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("回电人"),
    )  # fmt: skip
    done_at = models.DateTimeField(_("回电时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("承诺回电")
        constraints = [
            # Also the index of the list: few rows wait at any time.
            models.UniqueConstraint(
                fields=["case"], condition=Q(done_at__isnull=True), name="call_back_open_once"
            ),
            models.CheckConstraint(
                name="call_back_done_after_promised",
                condition=Q(done_at__isnull=True) | Q(done_at__gte=models.F("promised_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.promised_at:%F %T}"


class Handover(models.Model):
    """交接: what one agent leaves to the next. `cases` are numbers, as they stood then."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="handovers", verbose_name=_("交班人")
    )
    at = models.DateTimeField(_("交班时间"))
    cases = models.JSONField(_("未了的办件"), default=list)
    notes = models.CharField(_("交接说明"), max_length=NOTES_LENGTH, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("接班人"),
    )  # fmt: skip
    read_at = models.DateTimeField(_("接班时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("交接")
        constraints = [
            models.CheckConstraint(
                name="handover_read_by_somebody",
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
            ),
        ]
        indexes = [
            # What nobody has taken over yet.
            models.Index(fields=["-at"], name="handover_unread", condition=Q(read_at__isnull=True)),
            # When somebody handed over last.
            models.Index(fields=["by", "-at"], name="handover_of"),
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.at:%F %T}"
