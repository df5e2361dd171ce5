"""The ground: polygons of areas and the address book."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.config import Configured
from waterdesk.core.models.people import Area


def on_earth(lat: str = "lat", lon: str = "lon") -> Q:
    """Both numbers and right ones, or none."""
    there = Q(**{f"{lat}__isnull": False, f"{lon}__isnull": False})
    right = Q(**{f"{lat}__range": (-90, 90), f"{lon}__range": (-180, 180)})
    # A comparison with nothing is neither true nor false, and a constraint lets that pass.
    return (there & right) | Q(**{f"{lat}__isnull": True, f"{lon}__isnull": True})


class AreaShape(Configured):
    """Where an area lies: a GeoJSON (Multi)Polygon in WGS84, valid by core.places.shapes."""

    area = models.OneToOneField(
        Area, models.CASCADE, related_name="shape", primary_key=True, verbose_name=_("片区")
    )
    geometry = models.JSONField(_("边界（GeoJSON）"))
    source = models.CharField(_("来源"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("片区边界")

    def __str__(self) -> str:
        return str(self.area)


class Address(models.Model):
    """One address that is known. `place` is its text as it is compared, see core.places.words."""

    class Kind(models.TextChoices):
        """敏感用户 are told first when the water goes."""

        ORDINARY = "", _("一般")
        HOSPITAL = "hospital", _("医院")
        SCHOOL = "school", _("学校")
        HIGH_RISE = "high-rise", _("高层")

    text = models.CharField(_("地址"), max_length=200)
    place = models.CharField(max_length=200, unique=True, editable=False)
    compound = models.CharField(_("小区"), max_length=60, blank=True)
    building = models.CharField(_("楼栋"), max_length=40, blank=True)
    kind = models.CharField(_("用户类型"), max_length=12, blank=True, choices=Kind.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="addresses", verbose_name=_("片区"))
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    # What a search looks through; `core_address_grams` of migration 0041 is its index.
    sought = models.TextField(editable=False, default="", db_default="")

    class Meta:
        verbose_name = _("地址")
        verbose_name_plural = _("地址库")
        indexes = [
            # Who is told first of an outage: the sensitive users of an area.
            models.Index(fields=["area", "kind"], name="address_sensitive", condition=~Q(kind="")),
            # The addresses around a point that was picked on the map.
            models.Index(
                fields=["lat", "lon"], name="address_near", condition=Q(lat__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(name="address_is_on_earth", condition=on_earth()),
            models.CheckConstraint(name="address_says_something", condition=~Q(place="")),
        ]

    def __str__(self) -> str:
        return self.text


class GroundFile(models.Model):
    """A file of polygons or addresses that somebody brought, from being read to being applied.

    `agreed_at` is when somebody said yes to what the check had found, `skip` that the rows at fault
    are left out. `plan` is what the check found, for the page; `done` of `rows` are written. Who
    works on it has it until `taken_until`. `refusal` ends it. The content goes when it ends.
    """

    class Kind(models.TextChoices):
        SHAPES = "shapes", _("片区边界")
        ADDRESSES = "addresses", _("地址库")

    class State(models.TextChoices):
        CHECKING = "checking", _("正在核对")
        READY = "ready", _("待确认")
        APPLYING = "applying", _("正在写入")
        APPLIED = "applied", _("已完成")
        REFUSED = "refused", _("未能导入")

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(_("上传时间"))
    kind = models.CharField(_("内容"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("文件"), max_length=120, blank=True)
    content = models.BinaryField()
    plan = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    skip = models.BooleanField(default=False)
    refusal = models.CharField(max_length=500, blank=True)
    checked_at = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(_("完成时间"), null=True)
    taken_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("片区与地址文件")
        indexes = [
            # What the worker has to do: nobody else reads by it.
            models.Index(
                fields=["id"],
                name="ground_file_waiting",
                condition=Q(refusal="", applied_at=None)
                & (Q(checked_at=None) | Q(agreed_at__isnull=False)),
            ),
            # A person's own files, the newest first.
            models.Index(fields=["by", "-id"], name="ground_file_of"),
        ]
        constraints = [
            models.CheckConstraint(
                name="ground_file_is_agreed_to_before_it_is_applied",
                condition=Q(applied_at=None) | Q(checked_at__isnull=False, agreed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> State:
        if self.refusal:
            return self.State.REFUSED
        if self.applied_at is not None:
            return self.State.APPLIED
        if self.agreed_at is not None:
            return self.State.APPLYING
        return self.State.CHECKING if self.checked_at is None else self.State.READY
