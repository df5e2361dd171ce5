"""Projects that will need water, known before anybody applies; their history is append-only."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION applications_projectchange_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'applications_projectchange is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER applications_projectchange_no_change
    BEFORE UPDATE OR DELETE ON applications_projectchange
    FOR EACH ROW EXECUTE FUNCTION applications_projectchange_is_append_only();
"""
ALLOW = """
DROP TRIGGER applications_projectchange_no_change ON applications_projectchange;
DROP FUNCTION applications_projectchange_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0015_after"),
        ("core", "0017_two_indexes_less"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProjectReminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        unique=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="提前天数",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="出处")),
            ],
            options={
                "verbose_name": "项目提醒",
                "verbose_name_plural": "项目提醒",
                "ordering": ["-days"],
            },
        ),
        migrations.CreateModel(
            name="ProjectStage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="编码")),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="名称")),
                (
                    "means",
                    models.CharField(
                        choices=[
                            ("ahead", "尚未用水，到期前提醒"),
                            ("turned", "已转报装，由系统填写"),
                            ("shelved", "搁置，不提醒"),
                        ],
                        default="ahead",
                        max_length=10,
                        verbose_name="含义",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
            ],
            options={
                "verbose_name": "项目阶段",
                "verbose_name_plural": "项目阶段",
                "ordering": ["position", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("means__in", ["ahead", "turned", "shelved"])),
                        name="project_stage_means_something",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("means", "turned")),
                        fields=("means",),
                        name="project_stage_one_is_turned",
                        violation_error_message="只能有一个“已转报装”的阶段。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, unique=True, verbose_name="项目编号")),
                ("name", models.CharField(max_length=100, verbose_name="项目名称")),
                ("organisation", models.CharField(max_length=60, verbose_name="建设单位")),
                (
                    "uscc",
                    models.CharField(blank=True, max_length=18, verbose_name="统一社会信用代码"),
                ),
                ("contact", models.CharField(blank=True, max_length=60, verbose_name="联系人")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="联系电话")),
                ("address", models.CharField(max_length=200, verbose_name="项目地址")),
                (
                    "expected_on",
                    models.DateField(blank=True, null=True, verbose_name="预计用水日期"),
                ),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("residential", "居民生活"),
                            ("non-residential", "非居民（商业、办公、工业）"),
                            ("special", "特种（洗浴、洗车等）"),
                        ],
                        default="non-residential",
                        max_length=16,
                        verbose_name="用水性质",
                    ),
                ),
                (
                    "calibre_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="预计口径（毫米）"
                    ),
                ),
                (
                    "daily_m3",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=9,
                        null=True,
                        verbose_name="预计日用水量（立方米）",
                    ),
                ),
                (
                    "external_line",
                    models.BooleanField(blank=True, null=True, verbose_name="需要敷设外线"),
                ),
                ("survey_on", models.DateField(blank=True, null=True, verbose_name="查勘日期")),
                (
                    "survey_notes",
                    models.CharField(blank=True, max_length=2000, verbose_name="查勘情况"),
                ),
                ("scheme_on", models.DateField(blank=True, null=True, verbose_name="方案日期")),
                (
                    "scheme_notes",
                    models.CharField(blank=True, max_length=2000, verbose_name="方案说明"),
                ),
                (
                    "scheme_quantities",
                    models.CharField(blank=True, max_length=2000, verbose_name="工程量"),
                ),
                ("plan", models.CharField(blank=True, max_length=2000, verbose_name="服务方案")),
                ("plan_steps", models.JSONField(blank=True, default=list, verbose_name="方案步骤")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="信息来源")),
                ("remark", models.CharField(blank=True, max_length=2000, verbose_name="备注")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("changed_at", models.DateTimeField(verbose_name="更新时间")),
                (
                    "application",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="found_as",
                        to="applications.application",
                        verbose_name="报装申请",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="core.area",
                        verbose_name="片区",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects_owned",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="负责人",
                    ),
                ),
                (
                    "scheme_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="方案人",
                    ),
                ),
                (
                    "survey_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="查勘人",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="applications.projectstage",
                        verbose_name="阶段",
                    ),
                ),
            ],
            options={
                "verbose_name": "前置项目",
                "verbose_name_plural": "前置项目",
            },
        ),
        migrations.CreateModel(
            name="ProjectChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("action", models.CharField(max_length=10, verbose_name="操作")),
                ("data", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="applications.project",
                        verbose_name="项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "项目变更",
                "verbose_name_plural": "项目变更",
                "ordering": ["version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "version"), name="project_change_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("columns", models.JSONField(default=list)),
                ("ignored", models.JSONField(default=list)),
                ("cells", models.JSONField(default=list)),
                ("dropped", models.JSONField(default=list)),
                (
                    "applied_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="导入时间"),
                ),
                ("added", models.PositiveIntegerField(default=0, verbose_name="新增")),
                ("changed", models.PositiveIntegerField(default=0, verbose_name="变更")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
            ],
            options={
                "verbose_name": "项目导入",
                "verbose_name_plural": "项目导入",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("applied_at__isnull", True),
                            ("applied_at__gte", models.F("at")),
                            _connector="OR",
                        ),
                        name="project_import_applied_after_read",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                fields=["area", "expected_on", "id"], name="project_by_date_of_area"
            ),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                condition=models.Q(("application__isnull", True)),
                fields=["expected_on"],
                name="project_ahead",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="project_has_a_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("calibre_mm__isnull", True),
                    ("calibre_mm__in", (15, 20, 25, 32, 40, 50, 65, 80, 100, 150, 200, 300)),
                    _connector="OR",
                ),
                name="project_calibre_is_made",
                violation_error_message="没有这种口径的水表。",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("survey_on__isnull", False),
                    models.Q(("survey_by__isnull", True), ("survey_notes", "")),
                    _connector="OR",
                ),
                name="project_survey_has_a_day",
                violation_error_message="请填写查勘日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scheme_on__isnull", False),
                    models.Q(
                        ("scheme_by__isnull", True), ("scheme_notes", ""), ("scheme_quantities", "")
                    ),
                    _connector="OR",
                ),
                name="project_scheme_has_a_day",
                violation_error_message="请填写方案日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="project_version_counts_from_1"
            ),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
