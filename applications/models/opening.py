"""立户: what was handed to billing when the water came on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application


class AccountOpening(models.Model):
    """One account opened, or opened anew after work was done again.

    `at` is the instant the water was on; `facts` are what billing is told, as they then were: what
    changes on the case later changes nothing here. Only the door's moves write these rows.
    """

    case = models.ForeignKey(
        Application, models.CASCADE, related_name="openings", verbose_name=_("申请")
    )
    at = models.DateTimeField(_("通水时间"))
    facts = models.JSONField(_("内容"))

    class Meta:
        verbose_name = verbose_name_plural = _("立户")
        indexes = (
            # The list of a period, streamed in this order.
            models.Index(fields=["at", "id"], name="opening_by_instant"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.at:%Y-%m-%d}"
