"""What services leave behind: one row a case."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0020_visits"),
    ]

    operations = [
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="种类")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("account", models.CharField(blank=True, max_length=20, verbose_name="户号")),
                ("begins_on", models.DateField(verbose_name="开始日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="复核日期")),
                (
                    "review_months",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="复核间隔（月）"
                    ),
                ),
                (
                    "remind_days",
                    models.JSONField(blank=True, default=list, verbose_name="到期前提醒（天）"),
                ),
                (
                    "told",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="已提醒（提前天数）"
                    ),
                ),
                ("next_on", models.DateField(blank=True, null=True, verbose_name="下次处理日期")),
                ("asked_on", models.DateField(blank=True, null=True, verbose_name="复核查询日期")),
                (
                    "answered",
                    models.CharField(blank=True, max_length=20, verbose_name="复核查询结果"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("in-force", "有效"), ("extended", "已延续"), ("ended", "已终止")],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                (
                    "ended_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("time", "到期"),
                            ("review", "复核未通过"),
                            ("decided", "提前终止"),
                        ],
                        max_length=10,
                        verbose_name="终止原因",
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standing",
                        to="applications.application",
                        verbose_name="申请",
                    ),
                ),
            ],
            options={
                "verbose_name": "服务留存",
                "verbose_name_plural": "服务留存",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_on__isnull", False)),
                        fields=["next_on"],
                        name="standing_next",
                    ),
                    models.Index(
                        condition=models.Q(("review_on__isnull", False)),
                        fields=["review_on"],
                        name="standing_review",
                    ),
                    models.Index(
                        condition=models.Q(("state", "ended"), _negated=True),
                        fields=["ends_on"],
                        name="standing_ends",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_on__isnull", False),
                                ("next_on__isnull", True),
                                ("state", "ended"),
                                ("review_on__isnull", True),
                                models.Q(("ended_because", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "ended"), _negated=True),
                                ("ended_because", ""),
                                ("ended_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="standing_ended_knows_when_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("begins_on")),
                            _connector="OR",
                        ),
                        name="standing_ends_after_it_begins",
                        violation_error_message="有效期不能早于开始日期。",
                    ),
                ],
            },
        ),
    ]
