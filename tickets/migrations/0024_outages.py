"""Outages, who was told of them, and every change of them."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0042_sought"),
        ("tickets", "0022_incidents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OutageRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "longer_than_hours",
                    models.PositiveSmallIntegerField(unique=True, verbose_name="停水超过（小时）"),
                ),
                (
                    "notice_hours",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="至少提前（小时）公告",
                    ),
                ),
                ("source", models.CharField(max_length=200, verbose_name="依据")),
            ],
            options={
                "verbose_name": "停水公告规则",
                "verbose_name_plural": "停水公告规则",
                "ordering": ["longer_than_hours"],
            },
        ),
        migrations.CreateModel(
            name="Outage",
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
                        choices=[("planned", "计划停水"), ("sudden", "突发停水")],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "待公告"),
                            ("announced", "已公告"),
                            ("begun", "停水中"),
                            ("restored", "已恢复"),
                            ("cancelled", "已取消"),
                        ],
                        default="planned",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "geometry",
                    models.JSONField(blank=True, null=True, verbose_name="停水范围（GeoJSON）"),
                ),
                ("starts_at", models.DateTimeField(verbose_name="停水时间")),
                ("ends_at", models.DateTimeField(verbose_name="预计恢复")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("points", models.JSONField(blank=True, default=list, verbose_name="应急供水点")),
                ("contact", models.CharField(blank=True, max_length=60, verbose_name="联系人")),
                (
                    "contact_phone",
                    models.CharField(blank=True, max_length=20, verbose_name="联系电话"),
                ),
                (
                    "override",
                    models.CharField(blank=True, max_length=200, verbose_name="提前量不足的理由"),
                ),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("announced_at", models.DateTimeField(null=True, verbose_name="公告时间")),
                ("begun_at", models.DateTimeField(null=True, verbose_name="实际停水")),
                ("restored_at", models.DateTimeField(null=True, verbose_name="实际恢复")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="取消时间")),
                ("next_at", models.DateTimeField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "areas",
                    models.ManyToManyField(
                        related_name="outages", to="core.area", verbose_name="片区"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outages",
                        to="core.case",
                        verbose_name="所属办件",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "overridden_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "停水",
                "verbose_name_plural": "停水",
            },
        ),
        migrations.CreateModel(
            name="OutageChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("action", models.CharField(max_length=10)),
                ("was", models.JSONField()),
                ("became", models.JSONField()),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "outage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="tickets.outage",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="OutageTelling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "occasion",
                    models.CharField(
                        choices=[
                            ("announced", "停水公告"),
                            ("changed", "恢复时间变更"),
                            ("restored", "恢复供水"),
                            ("cancelled", "停水取消"),
                        ],
                        max_length=10,
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("superseded", models.BooleanField(default=False)),
                ("sensitive_done", models.BooleanField(default=False)),
                ("cursor", models.BigIntegerField(default=0)),
                ("looked", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(null=True)),
                ("told", models.PositiveIntegerField(default=0)),
                (
                    "outage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tellings",
                        to="tickets.outage",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="OutageCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="联系电话")),
                ("called_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=100, verbose_name="结果")),
                (
                    "address",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.address",
                    ),
                ),
                (
                    "called_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "telling",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="tickets.outagetelling",
                    ),
                ),
            ],
            options={
                "ordering": ["address__kind", "address__text"],
            },
        ),
        migrations.AddIndex(
            model_name="outage",
            index=models.Index(
                condition=models.Q(("state__in", ["planned", "announced", "begun"])),
                fields=["starts_at"],
                name="outage_open",
            ),
        ),
        migrations.AddIndex(
            model_name="outage",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)),
                fields=["next_at"],
                name="outage_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="outage_ends_after_it_begins",
                violation_error_message="恢复时间应晚于停水时间。",
            ),
        ),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["planned", "sudden"])), name="outage_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("announced_at__isnull", True), ("state", "planned")),
                    models.Q(
                        ("announced_at__isnull", False),
                        ("begun_at__isnull", True),
                        ("state", "announced"),
                    ),
                    models.Q(
                        ("announced_at__isnull", False),
                        ("begun_at__isnull", False),
                        ("restored_at__isnull", True),
                        ("state", "begun"),
                    ),
                    models.Q(
                        ("begun_at__isnull", False),
                        ("restored_at__isnull", False),
                        ("state", "restored"),
                    ),
                    models.Q(
                        ("begun_at__isnull", True),
                        ("cancelled_at__isnull", False),
                        ("state", "cancelled"),
                    ),
                    _connector="OR",
                ),
                name="outage_state_has_its_instant",
            ),
        ),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("overridden_by__isnull", True), ("override", "")),
                    models.Q(
                        models.Q(("override", ""), _negated=True), ("overridden_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="outage_override_has_its_lead",
            ),
        ),
        migrations.AddIndex(
            model_name="outagetelling",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["id"],
                name="outage_telling_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="outagetelling",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("outage",),
                name="outage_tells_one_thing_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="outagecall",
            constraint=models.UniqueConstraint(
                fields=("telling", "address"), name="outage_calls_once_a_round"
            ),
        ),
    ]
