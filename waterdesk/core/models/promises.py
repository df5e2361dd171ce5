"""What is promised, how a clock climbs, why a case may stand still, and what can be asked for."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from waterdesk.core import ladders
from waterdesk.core.models.config import Configured


class Unit(models.TextChoices):
    MINUTES = "minutes", _("工作分钟")
    DAYS = "days", _("工作日（按工作时间折算）")
    WORKDAYS = "workdays", _("工作日（整日计）")
    NATURAL = "natural", _("自然分钟")


class Kind(models.TextChoices):
    APPLICATION = "application", _("申请")
    TICKET = "ticket", _("工单")
    INCIDENT = "incident", _("事件")


class Ladder(Configured):
    """催办阶梯: `levels` is [{"level": 50, "tell": ["handler"]}, …], as core.ladders reads it.

    A clock copies it when it starts: a change here is for the clocks that start afterwards.
    """

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    levels = models.JSONField(_("级别"), default=list)
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("催办阶梯")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError for a ladder that cannot be climbed, or not by its promises."""
        try:
            ladders.check(self.levels)
        except ladders.LadderError as fault:
            raise ValidationError(
                {"levels": _("催办阶梯“%(name)s”：%(fault)s") % {"name": self.name, "fault": fault}}
            ) from fault
        if ladders.accepts(self.levels) and self.pk:
            refusing = self.promise_set.filter(accepts=False).first()
            if refusing is not None:
                raise ValidationError(
                    {"levels": _("承诺“%(name)s”不允许超时默许。") % {"name": refusing}}
                )


class Promise(Configured):
    """承诺时限, one version. Several rows share a code; the row whose conditions say most wins.

    `conditions` holds facts of a case that must hold: {"external_line": false, "calibre_lt": 100}.
    """

    code = models.SlugField(_("编码"), max_length=40)
    kind = models.CharField(_("办件类型"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=60)
    conditions = models.JSONField(_("适用条件"), default=dict, blank=True)
    amount = models.DecimalField(_("时限"), max_digits=8, decimal_places=2)
    unit = models.CharField(pgettext_lazy("limit", "单位"), max_length=10, choices=Unit.choices)
    pause_reasons = models.JSONField(_("可停表原因"), default=list, blank=True)
    pause_most = models.JSONField(
        _("停表最长"), default=dict, blank=True,
        help_text=_("每种原因最长停表的工作日数，如 {\"payment\": 10}；未列出的不限。"),
    )  # fmt: skip
    ladder = models.ForeignKey(Ladder, models.PROTECT, verbose_name=_("催办阶梯"))
    accepts = models.BooleanField(
        _("允许超时默许"), default=False, help_text=_("阶梯中有“超时默许”一级时必须勾选。")
    )
    version = models.PositiveIntegerField(_("版本"), default=1)
    effective_from = models.DateTimeField(_("生效时间"))
    effective_until = models.DateTimeField(_("失效时间"), null=True, blank=True)
    public = models.BooleanField(_("向客户公布"), default=True)
    source = models.CharField(_("出处"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("承诺时限")
        ordering = ["kind", "code", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                name="promise_one_row_a_version", fields=["kind", "code", "conditions", "version"]
            ),
            models.CheckConstraint(
                name="promise_limit_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("时限必须大于零。"),
            ),
            models.CheckConstraint(
                name="promise_ends_after_it_begins",
                condition=Q(effective_until__isnull=True)
                | Q(effective_until__gt=F("effective_from")),
                violation_error_message=_("失效时间必须晚于生效时间。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError where the ladder accepts by default and the promise does not."""
        if self.ladder_id and not self.accepts and ladders.accepts(self.ladder.levels):
            raise ValidationError({"ladder": _("这个阶梯有“超时默许”一级，本承诺不允许。")})


class Reason(Configured):
    """A reason from a list: why refused, paused or cancelled, and what the customer can do next."""

    class Use(models.TextChoices):
        REFUSE = "refuse", _("不予受理")
        PAUSE = "pause", _("停表")
        CANCEL = "cancel", _("取消")
        REVIEW = "review", _("待核实")
        CAUSE = "cause", _("超时原因")
        TRIP = "trip", _("跑腿")
        DOCUMENT = "document", _("要资料")
        APPROVAL = "approval", _("自办审批")
        STRIKE = "strike", _("更正负担")
        RATING = "rating", _("评价原因")
        DECLINE = "decline", _("退回派单")
        RETURN = "return", _("退单")

    use = models.CharField(_("用途"), max_length=10, choices=Use.choices)
    code = models.SlugField(_("编码"), max_length=40)
    label = models.CharField(_("名称"), max_length=60)
    advice = models.CharField(_("给客户的说明"), max_length=300, blank=True)
    outside = models.BooleanField(
        _("公司控制之外"), default=False, help_text=_("仅用于超时原因：单独统计，超时仍是超时。")
    )
    pleased = models.BooleanField(
        _("用于 4–5 分"),
        default=False,
        db_default=False,
        help_text=_("仅用于评价原因：否则用于 1–3 分。"),
    )
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("原因")
        ordering = ["use", "position", "code"]
        constraints = [models.UniqueConstraint(name="reason_once", fields=["use", "code"])]

    def __str__(self) -> str:
        return self.label


class Subject(Configured):
    """事项: what a case is about — a service, or a ticket category and its subtype.

    `code` is what Case.subject holds: "new-connection", "consultation", "repair.burst".
    """

    kind = models.CharField(_("办件类型"), max_length=12, choices=Kind.choices)
    code = models.CharField(_("编码"), max_length=60)
    name = models.CharField(_("名称"), max_length=60)
    hint = models.CharField(_("提示"), max_length=300, blank=True)
    urgent = models.BooleanField(_("紧急"), default=False)
    ask = models.CharField(_("回访要问"), max_length=300, blank=True, default="", db_default="")
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("事项")
        ordering = ["kind", "position", "code"]
        constraints = [models.UniqueConstraint(name="subject_once", fields=["kind", "code"])]

    def __str__(self) -> str:
        return self.name
