"""What is asked about each sort of call, and the words that make a call an emergency."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core.asking import KINDS
from waterdesk.core.models.config import Configured


class SubjectQuestion(Configured):
    """One question about calls of one subject: "repair.burst", or "repair" for all of it.

    `choices` are [{"code": …, "name": …}]; `shown` says for which other answers it is asked,
    `demanded` for which it is required. A `staff` one is not shown to the customer.
    """

    subject = models.CharField(_("事项"), max_length=40)
    code = models.CharField(_("编码"), max_length=40)
    label = models.CharField(_("问题"), max_length=80)
    kind = models.CharField(_("类型"), max_length=10, choices=[(kind, kind) for kind in KINDS])
    help = models.CharField(_("提示"), max_length=120, blank=True)
    required = models.BooleanField(_("必填"), default=False)
    choices = models.JSONField(_("选项"), default=list, blank=True)
    shown = models.JSONField(_("何时问"), null=True, blank=True)
    demanded = models.JSONField(_("何时必填"), null=True, blank=True)
    least = models.IntegerField(_("最小"), null=True, blank=True)
    most = models.IntegerField(_("最大"), null=True, blank=True)
    staff = models.BooleanField(_("客户页面不显示"), default=False)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("来电问题")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "code"], name="question_of_a_subject_once"),
            models.CheckConstraint(
                name="question_kind_known",
                condition=Q(kind__in=KINDS),
                violation_error_message=_("没有这种问题。"),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Emergency(Configured):
    """险情: words that make a call urgent by themselves, and what to read out at once.

    `words` may hold two parts joined by "+", both of which have to be said in one sentence.
    `unless` are false friends: phrases that hold a word and mean no danger.
    """

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    words = models.JSONField(_("词语"), default=list)
    unless = models.JSONField(_("不算的说法"), default=list, blank=True)
    instruction = models.CharField(_("马上读给来电人"), max_length=200)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("险情词语")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name
