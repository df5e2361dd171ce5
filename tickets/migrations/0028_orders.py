"""Orders of 12345 and others by their own numbers, and the files they come in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0052_dispatch_and_orders"),
        ("tickets", "0026_dispatch"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=20, unique=True, verbose_name="编码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "return_hours",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="签收后可退单（收到后几小时内）"
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="出处")),
            ],
            options={
                "verbose_name": "转办来源",
                "verbose_name_plural": "转办来源",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=20, verbose_name="来源")),
                ("number", models.CharField(max_length=40, verbose_name="来源单号")),
                ("title", models.CharField(blank=True, max_length=100, verbose_name="标题")),
                (
                    "term",
                    models.CharField(
                        choices=[
                            ("same-day", "当日"),
                            ("wd3", "3 个工作日"),
                            ("wd5", "5 个工作日"),
                            ("wd13", "13 个工作日"),
                        ],
                        max_length=10,
                        verbose_name="办理时限",
                    ),
                ),
                ("received_at", models.DateTimeField(verbose_name="转来时间")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="签收时间")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="回复时间")),
                ("answer", models.CharField(blank=True, max_length=2000, verbose_name="回复内容")),
                ("returned_at", models.DateTimeField(null=True, verbose_name="退单时间")),
                ("reason", models.CharField(blank=True, max_length=40, verbose_name="退单原因")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order",
                        to="core.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "转办单",
                "verbose_name_plural": "转办单",
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", False)),
                        fields=["answered_at"],
                        name="order_answered",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "number"),
                        name="order_number_once_a_source",
                        violation_error_message="该来源已有这个单号。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True), name="order_has_a_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("term__in", ["same-day", "wd3", "wd5", "wd13"])),
                        name="order_term_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at__isnull", True),
                            ("returned_at__isnull", True),
                            _connector="OR",
                        ),
                        name="order_answered_or_returned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderImport",
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
                ("cells", models.JSONField(default=list)),
                ("ignored", models.JSONField(default=list)),
                ("applied_at", models.DateTimeField(null=True, verbose_name="导入时间")),
                ("added", models.PositiveIntegerField(default=0, verbose_name="新增")),
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
                "verbose_name": "转办单导入",
                "verbose_name_plural": "转办单导入",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("applied_at__isnull", True),
                            ("applied_at__gte", models.F("at")),
                            _connector="OR",
                        ),
                        name="order_import_applied_after_read",
                    )
                ],
            },
        ),
    ]
