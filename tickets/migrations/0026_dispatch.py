"""Who was sent to a ticket and what they said; what each sort asks of a crew; who can do it."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0052_dispatch_and_orders"),
        ("tickets", "0024_outages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DispatchRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=40, unique=True, verbose_name="事项")),
                (
                    "skill",
                    models.SlugField(
                        blank=True, db_index=False, max_length=40, verbose_name="所需技能"
                    ),
                ),
                (
                    "accept_minutes",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="几分钟内接单",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="出处")),
            ],
            options={
                "verbose_name": "派单规则",
                "verbose_name_plural": "派单规则",
                "ordering": ["subject"],
            },
        ),
        migrations.AddField(
            model_name="ticket",
            name="accept_by",
            field=models.DateTimeField(blank=True, null=True, verbose_name="接单期限"),
        ),
        migrations.AddField(
            model_name="ticket",
            name="accepted_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="接单时间"),
        ),
        migrations.CreateModel(
            name="Sending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by_rule", models.BooleanField(default=False)),
                ("sent_at", models.DateTimeField()),
                ("accept_by", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待接单"),
                            ("accepted", "已接单"),
                            ("declined", "已退回"),
                            ("lapsed", "逾时未接"),
                            ("replaced", "已改派"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=40)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sendings",
                        to="core.case",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("accept_by__isnull", False),
                            ("state", "waiting"),
                            ("told_at__isnull", True),
                        ),
                        fields=["accept_by"],
                        name="sending_late",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "accepted"])),
                        fields=("case",),
                        name="sending_one_stands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "accepted", "declined", "lapsed", "replaced"])
                        ),
                        name="sending_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(db_index=False, max_length=40, verbose_name="技能")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skills",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "技能",
                "verbose_name_plural": "技能",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "code"), name="skill_once")
                ],
            },
        ),
    ]
