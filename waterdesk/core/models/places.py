"""The ground: polygons of areas and the address book."""

from __future__ import annotations

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
