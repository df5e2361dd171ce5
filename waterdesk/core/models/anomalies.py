"""疑点: rules that look for what deserves a second look, what they found, when they looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.models.config import Configured
from waterdesk.core.models.people import Area

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

WORDS_LENGTH = 500


class AnomalyRule(Configured):
    """One rule as the utility has it: whether it is asked at all, and its limits by name.

    What a rule looks for, and which limits it has, is code: see core.anomalies.
    """

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    enabled = models.BooleanField(_("启用"), default=True)
    limits = models.JSONField(
        _("阈值"), default=dict, blank=True, help_text=_("每个阈值一个整数，如 {\"percent\": 10}。")
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("疑点规则")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        from waterdesk.core.anomalies.rule import known  # which knows what the codes mean

        rule = known().get(self.code)
        return str(rule.label) if rule else self.code

    def clean(self) -> None:
        """Raises ValidationError for a rule nobody knows, or limits that are not its own."""
        from waterdesk.core.anomalies.rule import LimitError, check

        try:
            check(self.code, self.limits)
        except LimitError as fault:
            raise ValidationError({fault.field: str(fault)}) from fault


class AnomalyQuerySet(models.QuerySet["Anomaly"]):
    def visible_to(self, user: User) -> AnomalyQuerySet:
        """What was found in the areas this person of the utility may see."""
        from waterdesk.core.visibility import visible  # the tree of areas is policy's to know

        if not (user.is_authenticated and user.is_desk):
            return self.none()
        return visible(self, user)


class Anomaly(models.Model):
    """One thing that a rule found, once: `key` is the same whenever it finds the same thing.

    `case` is a number, as in the record, and `seq` its line there; both are missing where a person
    is meant as a whole. `facts` are codes and numbers, by which a page says it in words. It stays
    when the rule is changed or switched off; `looked_*` is who has looked at it and what was seen.
    """

    rule = models.CharField(_("规则"), max_length=40)
    key = models.CharField(_("唯一标识"), max_length=120)
    case = models.CharField(_("办件"), max_length=24, blank=True)
    seq = models.PositiveIntegerField(_("留痕序号"), null=True, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("人员"),
    )  # fmt: skip
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="+", db_index=False, verbose_name=_("片区")
    )
    at = models.DateTimeField(_("发生时间"))
    facts = models.JSONField(_("内容"), default=dict)
    found_at = models.DateTimeField(_("发现时间"))
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("查看人"),
    )  # fmt: skip
    looked_at = models.DateTimeField(_("查看时间"), null=True, blank=True)
    words = models.CharField(_("查看结论"), max_length=WORDS_LENGTH, blank=True)

    objects = AnomalyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("疑点")
        ordering = ["-pk"]
        indexes = [
            # The list, newest first: of one rule, and of one area.
            models.Index(fields=["rule", "-id"], name="anomaly_of_rule"),
            models.Index(fields=["area", "-id"], name="anomaly_of_area"),
            # What nobody has looked at: few rows.
            models.Index(
                fields=["-id"], name="anomaly_to_look_at", condition=Q(looked_at__isnull=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="anomaly_once", fields=["rule", "key"]),
            models.CheckConstraint(
                name="anomaly_looked_at_by_somebody",
                condition=Q(looked_at__isnull=True, looked_by__isnull=True, words="")
                | (Q(looked_at__isnull=False, looked_by__isnull=False) & ~Q(words="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.key}"


class AnomalyRun(models.Model):
    """One look through what was written down from `since` up to `until` (aware).

    `by` None is the daily one. The worker works it off a rule at a time, `done` of `total` rules;
    `taken_until` is when somebody else may go on, should it have stopped in the middle. `failed`
    are the codes of rules that could not be asked.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("发起人"),
    )  # fmt: skip
    asked_at = models.DateTimeField(_("发起时间"))
    since = models.DateTimeField(_("起"))
    until = models.DateTimeField(_("止"))
    taken_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    done = models.PositiveSmallIntegerField(_("已查规则"), default=0)
    total = models.PositiveSmallIntegerField(_("规则总数"), default=0)
    found = models.PositiveIntegerField(_("新疑点"), default=0)
    failed = models.JSONField(_("未能检查的规则"), default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("疑点检查")
        ordering = ["-pk"]
        indexes = [
            # What the worker still has to do, and the newest of each sort: a few rows.
            models.Index(
                fields=["id"], name="anomaly_run_waiting", condition=Q(finished_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d} – {self.until:%Y-%m-%d}"
