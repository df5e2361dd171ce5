"""The catalogue of services, answers of their own, and jobs."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0002_reopenings"),
        ("core", "0017_two_indexes_less"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="编码")),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
                ("position", models.PositiveSmallIntegerField(verbose_name="顺序")),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="第几次")),
                ("step", models.CharField(blank=True, max_length=40, verbose_name="环节")),
                ("needs", models.JSONField(blank=True, default=list, verbose_name="前置任务")),
                ("team", models.CharField(max_length=10, verbose_name="由谁办")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "未开始"),
                            ("ready", "可开始"),
                            ("done", "已完成"),
                            ("skipped", "不需要"),
                            ("void", "已作废"),
                        ],
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                (
                    "window_from",
                    models.DateTimeField(blank=True, null=True, verbose_name="预约开始"),
                ),
                ("window_to", models.DateTimeField(blank=True, null=True, verbose_name="预约结束")),
                (
                    "ready_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="可开始时间"),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                ("result", models.JSONField(blank=True, default=dict, verbose_name="结果")),
            ],
            options={
                "verbose_name": "任务",
                "verbose_name_plural": "任务",
                "ordering": ["case", "round", "position"],
            },
        ),
        migrations.CreateModel(
            name="ServiceRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        editable=False, max_length=40, unique=True, verbose_name="编码"
                    ),
                ),
                ("name", models.CharField(editable=False, max_length=60, verbose_name="名称")),
                ("text", models.TextField(verbose_name="定义")),
                ("active", models.BooleanField(default=True, verbose_name="可申请")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
            ],
            options={
                "verbose_name": "服务",
                "verbose_name_plural": "服务",
                "ordering": ["position", "code"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_use_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_calibre_is_made",
        ),
        migrations.AddField(
            model_name="application",
            name="account",
            field=models.CharField(blank=True, default="", max_length=20, verbose_name="户号"),
        ),
        migrations.AddField(
            model_name="application",
            name="answers",
            field=models.JSONField(blank=True, default=dict, verbose_name="其他回答"),
        ),
        migrations.AlterField(
            model_name="application",
            name="calibre_mm",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="口径（毫米）"
            ),
        ),
        migrations.AlterField(
            model_name="application",
            name="external_line",
            field=models.BooleanField(default=False, verbose_name="需要敷设外线"),
        ),
        migrations.AlterField(
            model_name="application",
            name="use",
            field=models.CharField(
                blank=True,
                choices=[
                    ("residential", "居民生活"),
                    ("non-residential", "非居民（商业、办公、工业）"),
                    ("special", "特种（洗浴、洗车等）"),
                ],
                max_length=16,
                verbose_name="用水性质",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("use__in", ["residential", "non-residential", "special", ""])),
                name="application_use_is_known",
                violation_error_message="用水性质应为居民、非居民或特种。",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("calibre_mm__in", (15, 20, 25, 32, 40, 50, 65, 80, 100, 150, 200, 300)),
                    ("calibre_mm__isnull", True),
                    _connector="OR",
                ),
                name="application_calibre_is_made",
                violation_error_message="没有这种口径的水表。",
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="case",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="jobs",
                to="core.case",
                verbose_name="办件",
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="done_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="完成人",
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="handler",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="处理人",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state", "ready")), fields=["handler"], name="job_ready_of"
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["waiting", "ready"]), ("window_from__isnull", False)
                ),
                fields=["window_from"],
                name="job_booked",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                fields=("case", "code", "round"), name="job_once_a_round"
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", False), ("state", "done")),
                    models.Q(models.Q(("state", "done"), _negated=True), ("done_at__isnull", True)),
                    _connector="OR",
                ),
                name="job_done_knows_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("window_from__isnull", True), ("window_to__isnull", True)),
                    ("window_to__gt", models.F("window_from")),
                    _connector="OR",
                ),
                name="job_window_has_both_ends",
            ),
        ),
    ]
