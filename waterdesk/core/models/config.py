"""The utility itself, and the revision that tells every process that configuration changed."""

from __future__ import annotations

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class Utility(models.Model):
    """The one row about the company that runs this desk."""

    in_history = True

    name = models.CharField(_("单位名称"), max_length=80, default="供水公司")
    hotline = models.CharField(_("服务热线"), max_length=20, default="96390")
    slogan = models.CharField(_("服务承诺"), max_length=200, blank=True)
    chases_to_raise = models.PositiveSmallIntegerField(
        _("第几次催办起告知上级班长"), default=2, validators=[MinValueValidator(1)]
    )
    reopenings_to_raise = models.PositiveSmallIntegerField(
        _("第几次重开起告知上级班长"), default=2, validators=[MinValueValidator(1)]
    )
    days_to_reopen = models.PositiveSmallIntegerField(
        _("申请办结后多少天内可以重新办理"), default=30, db_default=30
    )
    # How far, and how long after its end, a lead may still correct a pause. Both *chosen*: a day is
    # a slip of the calendar, a week until who was there still remembers.
    pause_correction_hours = models.PositiveSmallIntegerField(
        _("停表开始时间最多更正几小时"), default=24, validators=[MinValueValidator(1)]
    )
    pause_correction_days = models.PositiveSmallIntegerField(
        _("停表结束后几天内可以更正"), default=7, validators=[MinValueValidator(1)]
    )
    # After the work is done. All *chosen*: two more tries after the first, a month for an answer.
    calls_to_try = models.PositiveSmallIntegerField(
        _("回访几次未接通即结束"), default=3, db_default=3, validators=[MinValueValidator(1)]
    )
    days_to_call = models.PositiveSmallIntegerField(
        _("办好后几天内回访"), default=3, db_default=3, validators=[MinValueValidator(1)]
    )
    days_to_rate = models.PositiveSmallIntegerField(
        _("评价链接有效天数"), default=30, db_default=30, validators=[MinValueValidator(1)]
    )
    # A phone without network tells late. *chosen*: the longest hole in the network that is usual.
    minutes_to_arrive_late = models.PositiveSmallIntegerField(
        _("手机断网多少分钟内按真实时间停表"), default=120, db_default=120
    )
    # Off: the lead sends everybody. On: whoever of the grid is on duty and has least to do.
    assign_by_rule = models.BooleanField(_("受理后按规则自动派单"), default=False, db_default=False)
    # The same for repairs, as soon as they are logged.
    dispatch_by_rule = models.BooleanField(
        _("报修登记后按规则自动派单"), default=False, db_default=False
    )
    # Off: there is no public page of results. On: the areas that are opened themselves stand on it.
    promise_open = models.BooleanField(_("公开承诺与结果"), default=False, db_default=False)
    revision = models.PositiveBigIntegerField(_("配置版本"), default=1, editable=False)
    # The revision that every open clock was last replayed by.
    replayed = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("供水单位")
        constraints = [
            models.CheckConstraint(name="utility_is_one_row", condition=models.Q(pk=1)),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def touch(cls) -> None:
        """Tell every process to read the configuration again; repeating it does no harm."""
        if not cls.objects.filter(pk=1).update(revision=F("revision") + 1):
            cls.objects.get_or_create(pk=1)


class Configured(models.Model):
    """A row of configuration: whoever changes it moves the revision in the same transaction.

    And a trigger notes the change: see core.history.
    """

    in_history = True

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Utility.touch()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        Utility.touch()
        return gone
