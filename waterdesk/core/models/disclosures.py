"""查阅: who read personal data in full, of which case, and why. Never changed, never removed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.people import Area


class Disclosure(models.Model):
    """One reading. Where it is of a case, the record of the case has a line of it as well."""

    class What(models.TextChoices):
        """The values are also the actions of the lines in the record."""

        PERSON = "person_read", _("查看个人信息")
        RESULT = "result_read", _("查看推送全文")
        ACCOUNTS = "account_exported", _("导出立户清单")
        RECORD = "record_exported", _("导出留痕")
        LIST = "list_exported", _("导出列表")

    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("查阅人")
    )
    what = models.CharField(_("内容"), max_length=20, choices=What)
    # "" where a whole period was read.
    case = models.CharField(_("办件"), max_length=24, blank=True)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("片区")
    )
    reason = models.CharField(_("理由"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("查阅记录")
        indexes = [
            # One person's readings, newest first.
            models.Index(fields=["by", "-id"], name="disclosure_by"),
            # Who read of one case.
            models.Index(fields=["case", "-id"], name="disclosure_of_case"),
        ]
        constraints = [
            models.CheckConstraint(name="disclosure_has_a_reason", condition=~models.Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what} {self.case}"
