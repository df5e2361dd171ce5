"""Areas and the people in them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waterdesk.core import wording
from waterdesk.core.models.config import Configured


class Role(models.TextChoices):
    CUSTOMER = "customer", _("客户")
    AGENT = "agent", _("热线坐席")
    CLERK = "clerk", _("窗口人员")
    FIELD = "field", _("外勤人员")
    LEAD = "lead", _("班长")
    SUPERVISOR = "supervisor", _("督查")
    ADMIN = "admin", _("管理员")


class Area(Configured):
    """片区: company → branch → grid. What it does not say, it inherits from its parent.

    Where several companies share one desk, another company, the group, stands over them.
    """

    class Level(models.TextChoices):
        COMPANY = "company", _("公司")
        BRANCH = "branch", _("营业所")
        GRID = "grid", _("网格")

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级片区"),
    )
    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=10, choices=Level.choices)
    calendar = models.ForeignKey(
        "core.WorkCalendar", models.PROTECT, null=True, blank=True, verbose_name=_("工作日历"),
        help_text=_("留空则沿用上级片区的日历。"),
    )  # fmt: skip
    outskirts = models.BooleanField(_("郊区"), default=False)
    places = models.JSONField(
        _("地名"), default=list, blank=True, help_text=_("地址中出现这些地名时归入本片区。")
    )

    promise_open = models.BooleanField(
        _("公开本片区的承诺结果"), default=False, db_default=False,
        help_text=_("供水单位也公开时，“公开承诺”页列出本片区及其下级的合计。"),
    )  # fmt: skip

    class Meta:
        verbose_name = verbose_name_plural = _("片区")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="area_only_a_company_is_the_root",
                condition=Q(level="company") | Q(parent__isnull=False),
                violation_error_message=_("营业所和网格必须有上级片区。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A member of staff (role and area) or a customer (a verified mobile number)."""

    in_history = True

    name = models.CharField(_("姓名"), max_length=60, blank=True)
    role = models.CharField(
        _("角色"), max_length=12, choices=Role.choices, default=Role.CUSTOMER, db_index=True
    )
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name=_("片区")
    )
    phone = models.CharField(_("手机"), max_length=20, blank=True)
    phone_verified = models.BooleanField(_("手机已验证"), default=False)

    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = verbose_name_plural = _("用户")
        constraints = [
            models.CheckConstraint(
                name="user_staff_has_an_area",
                condition=Q(role="customer") | Q(area__isnull=False) | Q(is_superuser=True),
                violation_error_message=_("工作人员必须归属一个片区。"),
            ),
            models.UniqueConstraint(
                name="user_customer_phone_is_unique",
                fields=["phone"],
                condition=Q(role="customer") & ~Q(phone=""),
                violation_error_message=_("该手机号已有账户。"),
            ),
        ]

    def __str__(self) -> str:
        if self.role == Role.CUSTOMER and self.phone:
            # A customer's user name means nothing to anybody, and the number is not for all eyes.
            return self.name or wording.mask_phone(self.phone)
        return self.name or self.username

    @property
    def is_desk(self) -> bool:
        """Whether this person works for the utility."""
        return self.role != Role.CUSTOMER
