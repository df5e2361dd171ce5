"""Reports of a month or a week, who wants them, and what of it everybody may read."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0088_configuration_watched"),
    ]

    operations = [
        migrations.AddField(
            model_name="area",
            name="promise_open",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="供水单位也公开时，“公开承诺”页列出本片区及其下级的合计。",
                verbose_name="公开本片区的承诺结果",
            ),
        ),
        migrations.AddField(
            model_name="utility",
            name="promise_open",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="公开承诺与结果"
            ),
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("month", "月报"), ("week", "周报")],
                        max_length=5,
                        verbose_name="报告",
                    ),
                ),
                ("since", models.DateField(verbose_name="起日")),
                ("until", models.DateField(verbose_name="止日")),
                ("areas", models.JSONField(blank=True, null=True)),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("at", models.DateTimeField(verbose_name="申请时间")),
                ("progress", models.PositiveSmallIntegerField(default=0, verbose_name="进度")),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("taken_until", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(null=True, verbose_name="生成时间")),
                ("figures", models.JSONField(default=dict)),
                ("pdf", models.CharField(blank=True, max_length=64, verbose_name="PDF 的 SHA-256")),
                (
                    "xlsx",
                    models.CharField(blank=True, max_length=64, verbose_name="Excel 的 SHA-256"),
                ),
                ("pdf_size", models.PositiveIntegerField(default=0)),
                ("xlsx_size", models.PositiveIntegerField(default=0)),
                ("differs", models.PositiveIntegerField(default=0)),
                ("recounted_at", models.DateTimeField(null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.area",
                        verbose_name="片区",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="由谁生成",
                    ),
                ),
            ],
            options={
                "verbose_name": "监督报告",
                "verbose_name_plural": "监督报告",
                "indexes": [
                    models.Index(
                        condition=models.Q(("failed_at", None), ("made_at", None)),
                        fields=["id"],
                        name="report_waiting",
                    ),
                    models.Index(fields=["-since", "-id"], name="report_listed"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "since", "area", "version"),
                        name="report_has_one_of_each_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))),
                        name="report_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("made_at", None), ("pdf", ""), ("xlsx", "")),
                            models.Q(
                                ("failed_at", None),
                                ("made_at__isnull", False),
                                models.Q(("pdf", ""), _negated=True),
                                models.Q(("xlsx", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="report_is_made_with_both_files",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("month", "月报"), ("week", "周报")],
                        max_length=5,
                        verbose_name="报告",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="订阅时间")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="core.area",
                        verbose_name="片区",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "报告订阅",
                "verbose_name_plural": "报告订阅",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "area", "user"), name="subscription_once_a_person"
                    )
                ],
            },
        ),
    ]
