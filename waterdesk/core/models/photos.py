"""照片: what proves a pause, or what a job left. Written once by the door, never changed again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.cases import Case, Pause


class Photo(models.Model):
    """One photograph, of a pause or of a move of a case. `digest`, its SHA-256, names the file.

    Of a move `case` says whose, `action` says of which row of its workflow. PostgreSQL itself
    refuses to change or to remove one.
    `taken_at`, `latitude` and `longitude` are what the picture claimed of itself: for staff alone.
    """

    pause = models.ForeignKey(
        Pause, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name=_("停表")
    )
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name=_("办件")
    )
    action = models.CharField(_("流转"), max_length=50, blank=True, default="")
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
        verbose_name = verbose_name_plural = _("照片")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="photo_once_a_pause", fields=["pause", "digest"]),
            models.UniqueConstraint(name="photo_once_a_move", fields=["case", "action", "digest"]),
            models.CheckConstraint(
                name="photo_of_a_pause_or_a_move",
                condition=Q(pause__isnull=False, case__isnull=True, action="")
                | (Q(pause__isnull=True, case__isnull=False) & ~Q(action="")),
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:12]
