"""项目库: what will need water one day, known before anybody has applied for it (主动获取需求)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from waterdesk.core.inputs import CALIBRES
from waterdesk.core.models.config import Configured
from waterdesk.core.models.people import Area

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

# What is expected nobody knows when, stands as expected on this day.
SOME_DAY = date(9999, 12, 31)


class ProjectStage(Configured):
    """阶段: how far a project has come. What one of them means to the desk, `means` says."""

    class Means(models.TextChoices):
        AHEAD = "ahead", _("尚未用水，到期前提醒")
        TURNED = "turned", _("已转报装，由系统填写")
        SHELVED = "shelved", _("搁置，不提醒")

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=40, unique=True)
    means = models.CharField(_("含义"), max_length=10, choices=Means.choices, default=Means.AHEAD)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("项目阶段")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                name="project_stage_means_something",
                condition=Q(means__in=["ahead", "turned", "shelved"]),
            ),
            models.UniqueConstraint(
                name="project_stage_one_is_turned",
                fields=["means"],
                condition=Q(means="turned"),
                violation_error_message=_("只能有一个“已转报装”的阶段。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectReminder(Configured):
    """So many days before the expected date the owner and the lead are told."""

    days = models.PositiveSmallIntegerField(
        _("提前天数"), unique=True, validators=[MinValueValidator(1)]
    )
    source = models.CharField(_("出处"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("项目提醒")
        ordering = ["-days"]

    def __str__(self) -> str:
        return str(self.days)


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: User) -> ProjectQuerySet:
        """What this person of the utility may see: the projects of the own area and all below."""
        from waterdesk.core.visibility import visible  # the tree of areas is policy's to know

        if not (user.is_authenticated and user.is_desk):
            return self.none()
        return visible(self, user)

    def ahead(self) -> ProjectQuerySet:
        """Those that are still to come: neither an application yet nor shelved."""
        return self.filter(application=None, stage__means=ProjectStage.Means.AHEAD)


class Project(models.Model):
    """项目: who builds what, where, and when water is expected there.

    `external_line` None: nobody knows yet. `survey_on` and `scheme_on` say that the work was done
    beforehand; what the application need not do again follows from them. `version` counts the
    changes. Only applications.projects writes these rows.
    """

    code = models.CharField(_("项目编号"), max_length=60, unique=True)
    name = models.CharField(_("项目名称"), max_length=100)
    organisation = models.CharField(_("建设单位"), max_length=60)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    contact = models.CharField(_("联系人"), max_length=60, blank=True)
    phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    address = models.CharField(_("项目地址"), max_length=200)
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="projects", verbose_name=_("片区"), db_index=False
    )
    stage = models.ForeignKey(ProjectStage, models.PROTECT, verbose_name=_("阶段"))
    expected_on = models.DateField(_("预计用水日期"), null=True, blank=True)
    use = models.CharField(
        _("用水性质"), max_length=16, choices=Application.Use.choices,
        default=Application.Use.NON_RESIDENTIAL,
    )  # fmt: skip
    calibre_mm = models.PositiveSmallIntegerField(_("预计口径（毫米）"), null=True, blank=True)
    daily_m3 = models.DecimalField(
        _("预计日用水量（立方米）"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    external_line = models.BooleanField(_("需要敷设外线"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        related_name="projects_owned", verbose_name=_("负责人"),
    )  # fmt: skip
    survey_on = models.DateField(_("查勘日期"), null=True, blank=True)
    survey_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        related_name="+", verbose_name=_("查勘人"),
    )  # fmt: skip
    survey_notes = models.CharField(_("查勘情况"), max_length=2000, blank=True)
    scheme_on = models.DateField(_("方案日期"), null=True, blank=True)
    scheme_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        related_name="+", verbose_name=_("方案人"),
    )  # fmt: skip
    scheme_notes = models.CharField(_("方案说明"), max_length=2000, blank=True)
    scheme_quantities = models.CharField(_("工程量"), max_length=2000, blank=True)
    # What the scheme found out, by the names that the job of a case has for it: the permits follow
    # from it. None: nobody has said.
    pipe_metres = models.DecimalField(
        _("外线长度（米）"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    digs_road = models.BooleanField(_("占道或破路"), null=True, blank=True)
    digs_green = models.BooleanField(_("破绿"), null=True, blank=True)
    blocks_traffic = models.BooleanField(_("影响交通"), null=True, blank=True)
    digs_highway = models.BooleanField(_("涉及公路"), null=True, blank=True)
    needs_planning = models.BooleanField(_("规划许可"), null=True, blank=True)
    road_opened_on = models.DateField(_("道路竣工或大修日期"), null=True, blank=True)
    road_overhauled = models.BooleanField(_("上述日期为大修"), null=True, blank=True)
    plan = models.CharField(_("服务方案"), max_length=2000, blank=True)
    # [["2026-12-01", "现场对接"], …] in order of the days.
    plan_steps = models.JSONField(_("方案步骤"), default=list, blank=True)
    source = models.CharField(_("信息来源"), max_length=200, blank=True)
    remark = models.CharField(_("备注"), max_length=2000, blank=True)
    application = models.OneToOneField(
        Application, models.PROTECT, null=True, blank=True,
        related_name="found_as", verbose_name=_("报装申请"),
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("登记时间"))
    changed_at = models.DateTimeField(_("更新时间"))

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("前置项目")
        indexes = [
            # The list of an area in order of the expected date, and what is due soon.
            models.Index(fields=["area", "expected_on", "id"], name="project_by_date_of_area"),
            # The list of everything, the earliest first; what nobody knows the day of is last.
            models.Index(Coalesce("expected_on", SOME_DAY), "id", name="project_by_date"),
            # The reminders: what is expected between today and the farthest of them.
            models.Index(
                fields=["expected_on"], name="project_ahead", condition=Q(application__isnull=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(name="project_has_a_code", condition=~Q(code="")),
            models.CheckConstraint(
                name="project_calibre_is_made",
                condition=Q(calibre_mm__isnull=True) | Q(calibre_mm__in=CALIBRES),
                violation_error_message=_("没有这种口径的水表。"),
            ),
            models.CheckConstraint(
                name="project_survey_has_a_day",
                condition=Q(survey_on__isnull=False) | Q(survey_by__isnull=True, survey_notes=""),
                violation_error_message=_("请填写查勘日期。"),
            ),
            models.CheckConstraint(
                name="project_scheme_has_a_day",
                condition=Q(scheme_on__isnull=False)
                | Q(scheme_by__isnull=True, scheme_notes="", scheme_quantities=""),
                violation_error_message=_("请填写方案日期。"),
            ),
            models.CheckConstraint(
                name="project_version_counts_from_1", condition=Q(version__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def done(self) -> list[str]:
        """The codes of the jobs that were done beforehand."""
        days: dict[str, date | None] = {"survey": self.survey_on, "scheme": self.scheme_on}
        return [job for job, day in days.items() if day is not None]


class ProjectChange(models.Model):
    """One line of a project's history: who did what when. PostgreSQL refuses to change one.

    `data` is {field: [from, to]} in codes and values; `version` is that of the project afterwards.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="changes", db_index=False, verbose_name=_("项目")
    )
    version = models.PositiveIntegerField()
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("操作人")
    )
    action = models.CharField(_("操作"), max_length=10)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("项目变更")
        ordering = ["version"]
        constraints = [
            # Also what a project's page reads its history by.
            models.UniqueConstraint(name="project_change_once", fields=["project", "version"]),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}#{self.version} {self.action}"


class ProjectImport(models.Model):
    """A file that was read and waits to be agreed to; what was agreed to stays.

    `columns` names the fields, `cells` has a list [line, value, …] for each row: a text, or
    {"fault": code} for what could not be read. `dropped` are the lines somebody took out.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("操作人")
    )
    at = models.DateTimeField(_("时间"))
    name = models.CharField(_("文件名"), max_length=120)
    columns = models.JSONField(default=list)
    ignored = models.JSONField(default=list)
    cells = models.JSONField(default=list)
    dropped = models.JSONField(default=list)
    applied_at = models.DateTimeField(_("导入时间"), null=True, blank=True)
    added = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("变更"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("项目导入")
        constraints = [
            models.CheckConstraint(
                name="project_import_applied_after_read",
                condition=Q(applied_at__isnull=True) | Q(applied_at__gte=F("at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
