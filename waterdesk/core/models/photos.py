"""照片: proof of a pause. Written once by the door; PostgreSQL refuses to change or remove one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.cases import Pause


class Photo(models.Model):
    """One photograph of a pause. The file is named by `digest`, its own SHA-256.

    `taken_at`, `latitude` and `longitude` are what the picture claimed of itself: for staff alone.
    """

    pause = models.ForeignKey(Pause, models.PROTECT, related_name="photos", verbose_name=_("停表"))
    digest = models.CharField(_("摘要"), max_length=64)
    original = models.CharField(_("原文件摘要"), max_length=64)
    width = models.PositiveSmallIntegerField(_("宽"))
    height = models.PositiveSmallIntegerField(_("高"))
    taken_at = models.DateTimeField(_("自称拍摄时间"), null=True, blank=True)
    latitude = models.DecimalField(
        _("自称纬度"), max_digits=8, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("自称经度"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    added_at = models.DateTimeField(_("添加时间"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("操作人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("停表照片")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="photo_once_a_pause", fields=["pause", "digest"]),
        ]

    def __str__(self) -> str:
        return self.digest[:12]
