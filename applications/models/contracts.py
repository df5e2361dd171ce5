"""合同: the templates, what was made of them for a case, and the codes by which it is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.contracts import wording
from applications.models.application import Application

if TYPE_CHECKING:
    from datetime import datetime


class ContractTemplate(models.Model):
    """合同模板, one version. Of those that fit a case the one that says most, then the newest.

    `services`, `classes` and `uses` are lists of codes; an empty list fits any. `paragraphs` are
    {heading, text} with {placeholders}; `remind_days` the days after which an unsigned one is
    reminded. A version of which a contract was made never changes: another one takes over.
    """

    in_history = True

    code = models.SlugField(_("编码"), max_length=40)
    version = models.PositiveIntegerField(_("版本"), default=1)
    title = models.CharField(_("标题"), max_length=80)
    services = models.JSONField(_("适用服务"), default=list, blank=True)
    classes = models.JSONField(_("适用客户类别"), default=list, blank=True)
    uses = models.JSONField(_("适用用水性质"), default=list, blank=True)
    paragraphs = models.JSONField(
        _("条款"), help_text=_('每条为 {"heading": 标题, "text": 正文}，正文中可用占位符。')
    )
    remind_days = models.JSONField(
        _("催签天数"), default=list, blank=True,
        help_text=_("合同生成后第几天未签则短信提醒，如 [3, 7, 15]。"),
    )  # fmt: skip
    effective_from = models.DateTimeField(_("生效时间"))
    effective_until = models.DateTimeField(_("失效时间"), null=True, blank=True)
    source = models.CharField(_("出处"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("合同模板")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(name="contract_template_once", fields=["code", "version"]),
            models.CheckConstraint(
                name="contract_template_ends_after_it_begins",
                condition=Q(effective_until__isnull=True)
                | Q(effective_until__gt=F("effective_from")),
                violation_error_message=_("失效时间必须晚于生效时间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    def clean(self) -> None:
        """Raises ValidationError for what cannot be read or filled in, naming it."""
        faults: dict[str, Any] = {}
        checks = [("paragraphs", wording.check_paragraphs), ("remind_days", wording.check_days)]
        checks += [(name, wording.check_codes) for name in ("services", "classes", "uses")]
        for name, check in checks:
            try:
                check(getattr(self, name))
            except ValidationError as fault:
                faults[name] = fault
        if faults:
            raise ValidationError(faults)


class Contract(models.Model):
    """用水合同 of one case. Only one is valid, that is waiting or signed.

    `words` are the title and the paragraphs as filled in, `facts` what they were filled in from:
    both are frozen, and their digest stands in the record. `sha256` is that of the paper which the
    customer reads, `signed_sha256` of the one with the signature. `key` opens it from the link of
    the short message. `remind_at` is when its customer is reminded next.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待签署")
        SIGNED = "signed", _("已签署")
        WITHDRAWN = "withdrawn", _("已撤回")

    case = models.ForeignKey(
        Application, models.PROTECT, related_name="contracts", verbose_name=_("办件")
    )
    template = models.ForeignKey(
        ContractTemplate, models.PROTECT, related_name="contracts", verbose_name=_("模板")
    )
    number = models.CharField(_("合同编号"), max_length=30, unique=True)
    words = models.JSONField(_("合同文本"))
    facts = models.JSONField(_("合同要素"))
    sha256 = models.CharField(_("合同摘要"), max_length=64)
    key = models.CharField(max_length=24)
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.WAITING.value
    )
    made_at = models.DateTimeField(_("生成时间"))
    signed_at = models.DateTimeField(_("签署时间"), null=True, blank=True)
    signed_phone = models.CharField(_("签署号码"), max_length=20, blank=True)
    signed_sha256 = models.CharField(_("已签合同摘要"), max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    remind_at = models.DateTimeField(_("下次催签"), null=True, blank=True)
    reminded = models.PositiveSmallIntegerField(_("已催签次数"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("用水合同")
        ordering = ["made_at"]
        indexes = [
            # The task of the reminders reads it, and nothing else.
            models.Index(
                fields=["remind_at"], name="contract_remind", condition=Q(remind_at__isnull=False)
            ),
            # The list of unsigned contracts, the oldest first.
            models.Index(
                fields=["made_at"], name="contract_unsigned", condition=Q(state="waiting")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="contract_one_valid_a_case", fields=["case"],
                condition=Q(state__in=["waiting", "signed"]),
            ),
            models.CheckConstraint(
                name="contract_signed_has_its_signature",
                condition=Q(
                    ~Q(state="signed"), signed_at__isnull=True, signed_phone="", signed_sha256=""
                )
                | (
                    Q(state="signed", signed_at__isnull=False)
                    & ~Q(signed_phone="")
                    & ~Q(signed_sha256="")
                ),
            ),
            models.CheckConstraint(
                name="contract_only_a_waiting_one_is_reminded",
                condition=Q(state="waiting") | Q(remind_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def is_signed(self) -> bool:
        return self.state == self.State.SIGNED

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    def days_old(self, now: datetime) -> int:
        """Whole days since it was made."""
        return (now - self.made_at).days


class ContractPaper(models.Model):
    """The bytes of a contract's PDF as they were made; beside the row, so that no list reads them.

    Kept rather than made anew: the digest would not outlive an upgrade of what makes it.
    """

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="papers")
    signed = models.BooleanField(_("带签署"))
    body = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = _("合同文件")
        constraints = [
            models.UniqueConstraint(name="contract_paper_once", fields=["contract", "signed"])
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.signed}"


class SigningCode(models.Model):
    """签署验证码: good for one contract, once, for a while. Only its keyed digest is kept."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="codes")
    nonce = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField(_("发送时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    tries = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("签署验证码")

    def __str__(self) -> str:
        return f"{self.contract_id} {self.sent_at:%Y-%m-%d %H:%M}"
