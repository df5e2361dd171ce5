"""客户类别: the classes of customers."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from waterdesk.core.models.config import Configured


class CustomerClass(Configured):
    """客户类别: who may have which calibre without anybody looking at it first.

    `applicant` empty means either. What fits no class waits for a person; see applications.flow.
    """

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    applicant = models.CharField(
        _("申请人类型"), max_length=12, choices=Application.Applicant.choices, blank=True
    )
    use = models.CharField(_("用水性质"), max_length=16, choices=Application.Use.choices)
    least_mm = models.PositiveSmallIntegerField(_("最小口径（毫米）"))
    most_mm = models.PositiveSmallIntegerField(_("最大口径（毫米）"))
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("客户类别")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                name="customer_class_calibres_in_order",
                condition=Q(least_mm__lte=F("most_mm")),
                violation_error_message=_("最小口径不能大于最大口径。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def covers(self, application: Application) -> bool:
        """Whether this class is that of the applicant, the use and the calibre."""
        return (
            self.use == application.use
            and self.applicant in ("", application.applicant_kind)
            and self.least_mm <= (application.calibre_mm or 0) <= self.most_mm
        )
