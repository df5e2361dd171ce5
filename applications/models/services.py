"""服务: the catalogue as rows; each holds the text of its file."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.config import Configured


class ServiceRow(Configured):
    """One service. `text` is its definition, JSON as in `seeds/services/`; the rest is read from
    it when it is saved. One that is not `active` can no longer be applied for.
    """

    code = models.SlugField(_("编码"), max_length=40, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=60, editable=False)
    text = models.TextField(_("定义"))
    active = models.BooleanField(_("可申请"), default=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("服务")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a definition that cannot work, naming the line."""
        from applications.catalogue.faults import BadDefinition
        from applications.catalogue.reading import parse

        try:
            service = parse(self.text)
        except BadDefinition as fault:
            raise ValidationError({"text": str(fault)}) from fault
        if self.pk and self.code != service.code:
            raise ValidationError({"text": _("编码不能改变。")})
        self.code, self.name = service.code, service.name
