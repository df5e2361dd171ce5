import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0012_projects"),
    ]

    operations = [
        migrations.CreateModel(
            name="PermitKind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="编码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("authority", models.CharField(max_length=40, verbose_name="审批部门")),
                ("conditions", models.JSONField(blank=True, default=dict, verbose_name="适用条件")),
                (
                    "amount",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="时限",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[("workdays", "工作日"), ("natural", "自然日")],
                        max_length=10,
                        verbose_name="单位",
                    ),
                ),
                (
                    "remind_percent",
                    models.PositiveSmallIntegerField(
                        default=80,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(99),
                        ],
                        verbose_name="用到时限的百分之几提醒班长",
                    ),
                ),
                ("sheet", models.CharField(blank=True, max_length=20, verbose_name="申请表")),
                (
                    "protected_years",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="新建道路保护年限"
                    ),
                ),
                (
                    "overhauled_years",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="大修道路保护年限"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
                ("source", models.CharField(max_length=200, verbose_name="出处")),
            ],
            options={
                "verbose_name": "许可种类",
                "verbose_name_plural": "许可种类",
                "ordering": ["position", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 1)), name="permit_kind_has_a_limit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("remind_percent__gte", 1), ("remind_percent__lte", 99)),
                        name="permit_kind_reminds_before_its_limit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Permit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="种类")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("authority", models.CharField(max_length=40, verbose_name="审批部门")),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="第几次")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("wanted", "待申报"),
                            ("filed", "已申报"),
                            ("granted", "已批准"),
                            ("refused", "已驳回"),
                            ("void", "不需要"),
                        ],
                        default="wanted",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="受理号")),
                ("filed_at", models.DateTimeField(blank=True, null=True, verbose_name="申报时间")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="审批到期")),
                ("remind_at", models.DateTimeField(blank=True, null=True, verbose_name="提醒时间")),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="答复时间"),
                ),
                ("document", models.CharField(blank=True, max_length=60, verbose_name="批准文号")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                (
                    "protected_until",
                    models.DateField(blank=True, null=True, verbose_name="道路保护期至"),
                ),
                ("overridden", models.BooleanField(default=False, verbose_name="班长准许破路")),
                ("afterwards", models.BooleanField(default=False, verbose_name="先施工后补办")),
                ("wanted_at", models.DateTimeField(verbose_name="生成时间")),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="permits",
                        to="applications.application",
                        verbose_name="办件",
                    ),
                ),
            ],
            options={
                "verbose_name": "许可",
                "verbose_name_plural": "许可",
                "ordering": ["case", "round", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "filed")),
                        fields=["due_at", "id"],
                        name="permit_due",
                    ),
                    models.Index(
                        condition=models.Q(("remind_at__isnull", False)),
                        fields=["remind_at"],
                        name="permit_remind",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "kind", "round"), name="permit_once_a_round"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["wanted", "void"]),
                            models.Q(
                                ("due_at__isnull", False),
                                ("filed_at__isnull", False),
                                models.Q(("number", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="permit_filed_has_number_and_limit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "granted"), _negated=True),
                            models.Q(
                                ("answered_at__isnull", False),
                                models.Q(("document", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="permit_granted_has_its_document",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "filed"), ("remind_at__isnull", True), _connector="OR"
                        ),
                        name="permit_only_a_filed_one_is_reminded",
                    ),
                ],
            },
        ),
    ]
