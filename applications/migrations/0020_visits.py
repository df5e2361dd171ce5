"""Windows in which somebody can come, and when the customer is reminded of an appointment."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0021_permits"),
        ("core", "0021_visits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VisitWindow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("days", models.JSONField(help_text='如 ["mon", "tue"]。', verbose_name="星期")),
                ("starts", models.TimeField(verbose_name="开始")),
                ("ends", models.TimeField(verbose_name="结束")),
                (
                    "capacity",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="每网格可约件数",
                    ),
                ),
                (
                    "days_ahead",
                    models.PositiveSmallIntegerField(default=14, verbose_name="最多提前几天"),
                ),
                (
                    "notice_minutes",
                    models.PositiveSmallIntegerField(default=120, verbose_name="最少提前几分钟"),
                ),
                (
                    "change_hours",
                    models.PositiveSmallIntegerField(default=4, verbose_name="客户几小时前可改约"),
                ),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="出处")),
            ],
            options={
                "verbose_name": "预约时段",
                "verbose_name_plural": "预约时段",
                "ordering": ["area", "starts"],
            },
        ),
        migrations.AddField(
            model_name="job",
            name="remind_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="提醒时间"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("remind_at__isnull", False)),
                fields=["remind_at"],
                name="job_reminds",
            ),
        ),
        migrations.AddField(
            model_name="visitwindow",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.area",
                verbose_name="片区",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitwindow",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("starts"))),
                name="visit_window_ends_after_it_starts",
                violation_error_message="时段的结束必须晚于开始。",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitwindow",
            constraint=models.UniqueConstraint(
                fields=("area", "starts", "ends"), name="visit_window_once"
            ),
        ),
    ]
