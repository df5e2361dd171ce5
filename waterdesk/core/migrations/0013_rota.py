"""Patterns that are laid out into shifts, leave, and calendar feeds."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0012_photos"),
    ]

    operations = [
        migrations.AddField(
            model_name="shift",
            name="day",
            field=models.DateField(blank=True, null=True, verbose_name="规律中的日期"),
        ),
        migrations.AlterField(
            model_name="rosterchange",
            name="action",
            field=models.CharField(
                choices=[
                    ("add", "增加班次"),
                    ("swap", "换班"),
                    ("remove", "取消班次"),
                    ("edit", "更改班次"),
                    ("move", "调整片区"),
                    ("replace", "替班"),
                    ("lay_out", "按规律排班"),
                    ("lay_anew", "按日历重排"),
                    ("withdraw", "停用规律"),
                    ("leave", "请假"),
                    ("back", "销假"),
                ],
                max_length=10,
                verbose_name="动作",
            ),
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duty_feed",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "值班日历地址",
                "verbose_name_plural": "值班日历地址",
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("reason", models.CharField(max_length=200, verbose_name="事由")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="请假人",
                    ),
                ),
            ],
            options={
                "verbose_name": "请假",
                "verbose_name_plural": "请假",
                "ordering": ["starts_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Pattern",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("people", models.JSONField(default=list, verbose_name="轮值人员")),
                ("starts", models.TimeField(verbose_name="上班时刻")),
                ("ends", models.TimeField(verbose_name="下班时刻")),
                (
                    "on",
                    models.CharField(
                        choices=[
                            ("all", "每天"),
                            ("working", "仅工作日（含调休上班）"),
                            ("off", "仅休息日和节假日"),
                            ("apart", "每天，工作日与休息日各自轮换"),
                        ],
                        default="all",
                        max_length=10,
                        verbose_name="哪些日子",
                    ),
                ),
                ("weekdays", models.JSONField(blank=True, default=list, verbose_name="星期")),
                ("every", models.PositiveSmallIntegerField(default=1, verbose_name="每几天一班")),
                ("first", models.DateField(verbose_name="从哪天起")),
                ("last", models.DateField(verbose_name="到哪天止")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "withdrawn_from",
                    models.DateField(blank=True, null=True, verbose_name="自哪天停用"),
                ),
                ("laid", models.JSONField(default=list, verbose_name="已排日期")),
                ("digest", models.CharField(editable=False, max_length=64)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.area",
                        verbose_name="片区",
                    ),
                ),
            ],
            options={
                "verbose_name": "排班规律",
                "verbose_name_plural": "排班规律",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="shift",
            name="pattern",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shifts",
                to="core.pattern",
                verbose_name="排班规律",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("day__isnull", True), ("pattern__isnull", True)),
                    models.Q(("day__isnull", False), ("pattern__isnull", False)),
                    _connector="OR",
                ),
                name="shift_of_a_pattern_has_a_day",
                violation_error_message="由规律排出的班次必须有日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.UniqueConstraint(
                fields=("pattern", "day"),
                name="shift_once_a_day_of_a_pattern",
                violation_error_message="该规律在这一天已有班次。",
            ),
        ),
        migrations.AddIndex(
            model_name="leave",
            index=models.Index(fields=["ends_at"], name="leave_by_end"),
        ),
        migrations.AddConstraint(
            model_name="leave",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="leave_ends_after_it_starts",
                violation_error_message="请假的结束必须晚于开始。",
            ),
        ),
        migrations.AddConstraint(
            model_name="leave",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("user"),
                            models.F("user"),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("starts_at"),
                            models.F("ends_at"),
                            function="tstzrange",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="leave_one_at_a_time",
                violation_error_message="此人这段时间已经请假。",
            ),
        ),
        migrations.AddConstraint(
            model_name="pattern",
            constraint=models.CheckConstraint(
                condition=models.Q(("last__gte", models.F("first"))),
                name="pattern_ends_after_it_begins",
                violation_error_message="规律的结束日期不能早于开始日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="pattern",
            constraint=models.CheckConstraint(
                condition=models.Q(("every__gte", 1)),
                name="pattern_steps_forward",
                violation_error_message="至少每 1 天一班。",
            ),
        ),
        migrations.AddConstraint(
            model_name="pattern",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_from__isnull", True)),
                fields=("digest",),
                name="pattern_once",
                violation_error_message="相同的排班规律已经存在。",
            ),
        ),
    ]
