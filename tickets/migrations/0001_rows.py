"""The ticket beside its case."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_rows"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ticket",
            fields=[
                (
                    "case_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="core.case",
                    ),
                ),
                ("category", models.CharField(max_length=20, verbose_name="类别")),
                ("subtype", models.CharField(blank=True, max_length=20, verbose_name="报修类型")),
                (
                    "calibre_mm",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="所报主管道的口径，未知则留空。",
                        null=True,
                        verbose_name="管道口径（毫米）",
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="地址（比对用）"
                    ),
                ),
                ("result", models.CharField(blank=True, max_length=2000, verbose_name="处理结果")),
                (
                    "satisfaction",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("satisfied", "满意"),
                            ("neutral", "一般"),
                            ("dissatisfied", "不满意"),
                            ("unreachable", "未接通"),
                        ],
                        max_length=12,
                        verbose_name="满意度",
                    ),
                ),
                ("chased", models.PositiveIntegerField(default=0, verbose_name="催办次数")),
                ("reopened", models.PositiveIntegerField(default=0, verbose_name="重开次数")),
            ],
            options={
                "verbose_name": "工单",
                "verbose_name_plural": "工单",
                "indexes": [
                    models.Index(
                        condition=models.Q(("place", ""), _negated=True),
                        fields=["place", "subtype", "-case_ptr"],
                        name="ticket_same_place",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                (
                                    "consultation",
                                    "repair",
                                    "complaint",
                                    "report",
                                    "suggestion",
                                    "praise",
                                    "help",
                                ),
                            )
                        ),
                        name="ticket_category_is_known",
                        violation_error_message="没有这个工单类别。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("category", "repair"),
                                (
                                    "subtype__in",
                                    (
                                        "burst",
                                        "leak",
                                        "no-water",
                                        "low-pressure",
                                        "quality",
                                        "meter",
                                        "cover",
                                        "hydrant",
                                        "secondary",
                                    ),
                                ),
                            ),
                            models.Q(
                                models.Q(("category", "repair"), _negated=True), ("subtype", "")
                            ),
                            _connector="OR",
                        ),
                        name="ticket_repair_has_a_subtype",
                        violation_error_message="报修必须选择报修类型，其他类别没有报修类型。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("calibre_mm__isnull", True),
                            models.Q(("calibre_mm__gt", 0), ("category", "repair")),
                            _connector="OR",
                        ),
                        name="ticket_calibre_is_of_a_main",
                        violation_error_message="只有报修工单有管道口径。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "satisfaction__in",
                                ["", "satisfied", "neutral", "dissatisfied", "unreachable"],
                            )
                        ),
                        name="ticket_satisfaction_is_known",
                    ),
                ],
            },
            bases=("core.case",),
        ),
    ]
