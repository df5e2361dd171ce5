"""What was fetched about an application from elsewhere, and when to ask next."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("applications", "0003_services")]
    operations = [
        migrations.CreateModel(
            name="FactsDue",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="facts_due",
                        serialize=False,
                        to="applications.application",
                        verbose_name="办件",
                    ),
                ),
                (
                    "next_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="下次查询时间"),
                ),
                (
                    "tries",
                    models.PositiveSmallIntegerField(default=0, verbose_name="已查询次数"),
                ),
            ],
            options={
                "verbose_name": "待查询的信息",
                "verbose_name_plural": "待查询的信息",
                "indexes": [
                    models.Index(
                        condition=Q(next_at__isnull=False),
                        fields=["next_at"],
                        name="facts_due_next",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FetchedFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="信息")),
                ("source", models.CharField(max_length=20, verbose_name="来源")),
                ("outcome", models.CharField(max_length=20, verbose_name="结果")),
                ("value", models.JSONField(blank=True, default=dict, verbose_name="内容")),
                ("fetched_at", models.DateTimeField(verbose_name="查询时间")),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fetched",
                        to="applications.application",
                        verbose_name="办件",
                    ),
                ),
            ],
            options={
                "verbose_name": "已核实的信息",
                "verbose_name_plural": "已核实的信息",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["case", "code"], name="fetched_fact_once_a_case"
                    ),
                    models.CheckConstraint(
                        condition=(Q(outcome="known") & ~Q(value={}))
                        | (~Q(outcome="known") & Q(value={})),
                        name="fetched_fact_known_has_a_value",
                        violation_error_message="只有已查到的信息才有内容。",
                    ),
                ],
            },
        ),
    ]
