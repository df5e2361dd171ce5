"""计数: what was judged of each promise, a row for every clock, and the sums kept of these rows.

The facts are written by core.figures.keeping in the transaction that changes the clock; the deltas
by a trigger on them (migration 0070); the sums and spreads by core.figures.folding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.cases import Case
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.people import Area
from waterdesk.core.models.promises import Kind

if TYPE_CHECKING:
    from waterdesk.core.models.people import User


class LocalDay(Func):
    """The day as people at the desk mean it."""

    template = "(%(expressions)s AT TIME ZONE 'Asia/Shanghai')::date"
    output_field = models.DateField()


class Bucket(Func):
    """The bucket of so many seconds: see core.figures.buckets, which says the same in Python."""

    function = "core_figure_bucket"
    output_field = models.SmallIntegerField()


def _bucket_of(name: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=Bucket(F(name)),
        output_field=models.SmallIntegerField(null=True),
        db_persist=True,
    )


class ClockFactQuerySet(models.QuerySet["ClockFact"]):
    def visible_to(self, user: User) -> ClockFactQuerySet:
        """The facts of the areas this person of the utility may see."""
        from waterdesk.core.visibility import visible  # the tree of areas is policy's to know

        if not (user.is_authenticated and user.is_desk):
            return self.none()
        return visible(self, user)

    def open_late(self) -> ClockFactQuerySet:
        return self.filter(on_time=False, stopped_at__isnull=True)


class ClockFact(models.Model):
    """One clock that was judged: kept, or late, whether it has stopped since or not.

    It is judged at the instant it was kept or fell late, whichever came first, and belongs to the
    area, the subject, the team and the person of that instant for ever. `person` had the case in
    hand then, or else is the member of staff who made the move; `team` is the area that person
    belonged to. `net` is the counted time and `gross` the elapsed one, whole seconds at the stop.
    `cause` is what was said of a late one, `outside` whether a lead accepted a cause that lay
    outside the company's control then.
    """

    clock = models.OneToOneField(
        Clock, models.CASCADE, primary_key=True, related_name="fact", verbose_name=_("计时")
    )
    case = models.ForeignKey(
        Case, models.CASCADE, related_name="facts", db_index=False, verbose_name=_("办件")
    )
    number = models.CharField(_("编号"), max_length=24)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    code = models.CharField(_("承诺编码"), max_length=40)
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="+", db_index=False, verbose_name=_("片区")
    )
    subject = models.CharField(_("事项"), max_length=60)
    channel = models.CharField(_("渠道"), max_length=10, choices=Case.Channel.choices)
    team = models.ForeignKey(
        Area, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("班组")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name=_("责任人"),
    )  # fmt: skip
    started_at = models.DateTimeField(_("起算"))
    judged_at = models.DateTimeField(_("判定时间"))
    on_time = models.BooleanField(_("按时"))
    stopped_at = models.DateTimeField(_("停止"), null=True)
    net = models.IntegerField(_("净用时（秒）"), null=True)
    gross = models.IntegerField(_("总用时（秒）"), null=True)
    cause = models.CharField(_("超时原因"), max_length=40, default="", db_default="")
    outside = models.BooleanField(_("外部原因"), default=False, db_default=False)
    day = models.GeneratedField(
        expression=LocalDay(F("judged_at")), output_field=models.DateField(), db_persist=True
    )
    net_bucket = _bucket_of("net")
    gross_bucket = _bucket_of("gross")

    objects = ClockFactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("计时结果")
        indexes = [
            # The lists behind the figures, newest first, paged by both; edges of a free range.
            models.Index(fields=["-judged_at", "-clock"], name="fact_newest"),
            models.Index(fields=["area", "-judged_at", "-clock"], name="fact_newest_of_area"),
            models.Index(
                fields=["person", "-judged_at", "-clock"], name="fact_newest_of_person",
                condition=Q(person__isnull=False),
            ),
            # The late ones are few among those that were judged.
            models.Index(
                fields=["-judged_at", "-clock"], name="fact_newest_late",
                condition=Q(on_time=False),
            ),
            # What is late and still open.
            models.Index(
                fields=["-judged_at", "-clock"], name="fact_open_late",
                condition=Q(on_time=False, stopped_at__isnull=True),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                name="fact_kept_was_stopped",
                condition=Q(on_time=False) | Q(stopped_at__isnull=False, stopped_at=F("judged_at")),
            ),
            models.CheckConstraint(
                name="fact_on_time_has_no_cause",
                condition=Q(on_time=False) | Q(cause="", outside=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.code}"

    @property
    def open_late(self) -> bool:
        return not self.on_time and self.stopped_at is None


class FigureDelta(models.Model):
    """One fact that came (`sign` 1) or went (-1) and is in no sum yet; a change is both.

    Written by the trigger in the transaction that writes the fact, so that no two of them wait for
    one another; 0 is nobody and no team.
    """

    sign = models.SmallIntegerField()
    day = models.DateField()
    area = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    channel = models.CharField(max_length=10)
    team = models.BigIntegerField()
    person = models.BigIntegerField()
    on_time = models.BooleanField()
    outside = models.BooleanField()
    done = models.BooleanField()
    net_bucket = models.SmallIntegerField(null=True)
    gross_bucket = models.SmallIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.sign:+d} {self.day} {self.area} {self.code}"


class FigureSum(models.Model):
    """计数汇总: how many were judged, of one day or month, by some of what they belong to.

    `start` is the day, or the first one of the month. What a grain does not part by is "" or 0.
    """

    class Grain(models.TextChoices):
        DAY = "day", _("日")
        MONTH = "month", _("月")
        SUBJECT = "subject", _("月、事项、渠道")
        PERSON = "person", _("月、班组、责任人")

    grain = models.CharField(_("粒度"), max_length=7, choices=Grain.choices)
    start = models.DateField(_("起始日"))
    area = models.BigIntegerField(_("片区"))
    kind = models.CharField(_("类型"), max_length=12)
    code = models.CharField(_("承诺编码"), max_length=40)
    subject = models.CharField(_("事项"), max_length=60)
    channel = models.CharField(_("渠道"), max_length=10)
    team = models.BigIntegerField(_("班组"))
    person = models.BigIntegerField(_("责任人"))
    judged = models.IntegerField(_("已判定"))
    on_time = models.IntegerField(_("按时"))
    outside = models.IntegerField(_("外部原因"))
    done = models.IntegerField(_("已停止"))

    class Meta:
        verbose_name = verbose_name_plural = _("计数汇总")
        constraints = [
            # A figure reads it from its first month to its last.
            models.UniqueConstraint(
                name="figure_sum_once",
                fields=[
                    "grain", "start", "area", "kind", "code", "subject", "channel", "team",
                    "person",
                ],
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.grain} {self.start} {self.area} {self.code}"


class FigureSpread(models.Model):
    """用时分布: how many of a month took so long; `area` 0 is all areas together.

    `bucket` is one of core.figures.buckets.
    """

    class Measure(models.TextChoices):
        NET = "net", _("净用时")
        GROSS = "gross", _("总用时")

    month = models.DateField(_("月"))
    area = models.BigIntegerField(_("片区"))
    kind = models.CharField(_("类型"), max_length=12)
    code = models.CharField(_("承诺编码"), max_length=40)
    measure = models.CharField(_("用时"), max_length=5, choices=Measure.choices)
    bucket = models.SmallIntegerField(_("档"))
    many = models.IntegerField(_("数量"))

    class Meta:
        verbose_name = verbose_name_plural = _("用时分布")
        constraints = [
            # Medians read it for a month or some, of one area or of all.
            models.UniqueConstraint(
                name="figure_spread_once",
                fields=["month", "area", "kind", "code", "measure", "bucket"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.area} {self.code} {self.measure} {self.bucket}"


class FigureCheck(models.Model):
    """计数核对: what the nightly recomputation of one day from the record found."""

    day = models.DateField(_("日期"), primary_key=True)
    at = models.DateTimeField(_("核对时间"))
    cases = models.IntegerField(_("核对办件数"))
    differences = models.IntegerField(_("差异数"))
    said = models.JSONField(_("差异"), default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("计数核对")

    def __str__(self) -> str:
        return f"{self.day}: {self.differences}"
