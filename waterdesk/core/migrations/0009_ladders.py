"""Rungs in minutes, which rungs were passed, effects, and the duty roster."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_notices"),
    ]

    operations = [
        migrations.AddField(
            model_name="clock",
            name="explanation_owed",
            field=models.BooleanField(db_default=False, default=False, verbose_name="须说明原因"),
        ),
        migrations.AddField(
            model_name="clock",
            name="passed",
            field=models.BigIntegerField(
                db_default=0, default=0, editable=False, verbose_name="已过级别"
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="accepts",
            field=models.BooleanField(
                default=False,
                help_text="阶梯中有“超时默许”一级时必须勾选。",
                verbose_name="允许超时默许",
            ),
        ),
        migrations.AddField(
            model_name="utility",
            name="chases_to_raise",
            field=models.PositiveSmallIntegerField(
                default=2,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="第几次催办起告知上级班长",
            ),
        ),
        migrations.AddField(
            model_name="utility",
            name="reopenings_to_raise",
            field=models.PositiveSmallIntegerField(
                default=2,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="第几次重开起告知上级班长",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="next_level",
            field=models.SmallIntegerField(blank=True, null=True, verbose_name="下一级"),
        ),
        migrations.AlterField(
            model_name="crossing",
            name="level",
            field=models.SmallIntegerField(verbose_name="级别"),
        ),
        migrations.CreateModel(
            name="RosterChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("actor", models.CharField(max_length=150, verbose_name="操作人")),
                (
                    "action",
                    models.CharField(
                        choices=[("add", "增加班次"), ("swap", "换班"), ("remove", "取消班次")],
                        max_length=10,
                        verbose_name="动作",
                    ),
                ),
                ("data", models.JSONField(default=dict, verbose_name="内容")),
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
                "verbose_name": "值班表变更",
                "verbose_name_plural": "值班表变更",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("customer", "客户"),
                            ("agent", "热线坐席"),
                            ("clerk", "窗口人员"),
                            ("field", "外勤人员"),
                            ("lead", "班长"),
                            ("supervisor", "督查"),
                            ("admin", "管理员"),
                        ],
                        max_length=12,
                        verbose_name="岗位",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="值班人",
                    ),
                ),
            ],
            options={
                "verbose_name": "班次",
                "verbose_name_plural": "班次",
                "ordering": ["starts_at", "id"],
                "indexes": [models.Index(fields=["ends_at", "area"], name="shift_by_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="shift_ends_after_it_starts",
                        violation_error_message="班次的结束必须晚于开始。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
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
                        name="shift_one_at_a_time",
                        violation_error_message="此人这段时间已有班次。",
                    ),
                ],
            },
        ),
    ]
