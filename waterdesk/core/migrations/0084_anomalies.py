"""Rules that look for what deserves a second look, and what they found."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0083_supervision"),
    ]

    operations = [
        migrations.CreateModel(
            name="Anomaly",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=40, verbose_name="规则")),
                ("key", models.CharField(max_length=120, verbose_name="唯一标识")),
                ("case", models.CharField(blank=True, max_length=24, verbose_name="办件")),
                (
                    "seq",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="留痕序号"),
                ),
                ("at", models.DateTimeField(verbose_name="发生时间")),
                ("facts", models.JSONField(default=dict, verbose_name="内容")),
                ("found_at", models.DateTimeField(verbose_name="发现时间")),
                ("looked_at", models.DateTimeField(blank=True, null=True, verbose_name="查看时间")),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="查看结论")),
            ],
            options={
                "verbose_name": "疑点",
                "verbose_name_plural": "疑点",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="AnomalyRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="编码")),
                ("enabled", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "limits",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='每个阈值一个整数，如 {"percent": 10}。',
                        verbose_name="阈值",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="出处")),
            ],
            options={
                "verbose_name": "疑点规则",
                "verbose_name_plural": "疑点规则",
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="AnomalyRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="发起时间")),
                ("since", models.DateTimeField(verbose_name="起")),
                ("until", models.DateTimeField(verbose_name="止")),
                ("taken_until", models.DateTimeField(blank=True, null=True)),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="完成时间"),
                ),
                ("done", models.PositiveSmallIntegerField(default=0, verbose_name="已查规则")),
                ("total", models.PositiveSmallIntegerField(default=0, verbose_name="规则总数")),
                ("found", models.PositiveIntegerField(default=0, verbose_name="新疑点")),
                (
                    "failed",
                    models.JSONField(blank=True, default=list, verbose_name="未能检查的规则"),
                ),
            ],
            options={
                "verbose_name": "疑点检查",
                "verbose_name_plural": "疑点检查",
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="anomaly",
            name="area",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.area",
                verbose_name="片区",
            ),
        ),
        migrations.AddField(
            model_name="anomaly",
            name="looked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="查看人",
            ),
        ),
        migrations.AddField(
            model_name="anomaly",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="人员",
            ),
        ),
        migrations.AddField(
            model_name="anomalyrun",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="发起人",
            ),
        ),
        migrations.AddIndex(
            model_name="anomaly",
            index=models.Index(fields=["rule", "-id"], name="anomaly_of_rule"),
        ),
        migrations.AddIndex(
            model_name="anomaly",
            index=models.Index(fields=["area", "-id"], name="anomaly_of_area"),
        ),
        migrations.AddIndex(
            model_name="anomaly",
            index=models.Index(
                condition=models.Q(("looked_at__isnull", True)),
                fields=["-id"],
                name="anomaly_to_look_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="anomaly",
            constraint=models.UniqueConstraint(fields=("rule", "key"), name="anomaly_once"),
        ),
        migrations.AddConstraint(
            model_name="anomaly",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("looked_at__isnull", True), ("looked_by__isnull", True), ("words", "")
                    ),
                    models.Q(
                        ("looked_at__isnull", False),
                        ("looked_by__isnull", False),
                        models.Q(("words", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="anomaly_looked_at_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="anomalyrun",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", True)),
                fields=["id"],
                name="anomaly_run_waiting",
            ),
        ),
    ]
