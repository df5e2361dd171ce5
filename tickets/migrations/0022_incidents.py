import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0050_incidents"),
        ("tickets", "0020_console"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FaultSort",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=40, unique=True, verbose_name="事项")),
                ("family", models.CharField(blank=True, max_length=40, verbose_name="同类")),
                ("stages", models.JSONField(blank=True, default=list, verbose_name="环节")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="出处")),
            ],
            options={
                "verbose_name": "事件类型",
                "verbose_name_plural": "事件类型",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="Incident",
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
                ("subtype", models.CharField(max_length=20, verbose_name="报修类型")),
                (
                    "calibre_mm",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="管道口径（毫米）"
                    ),
                ),
                ("first_call_at", models.DateTimeField(verbose_name="首次来电")),
                ("result", models.CharField(blank=True, max_length=2000, verbose_name="处理结果")),
                ("held", models.JSONField(blank=True, default=list, editable=False)),
                ("stood", models.CharField(blank=True, editable=False, max_length=20)),
                (
                    "into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="tickets.incident",
                        verbose_name="并入",
                    ),
                ),
            ],
            options={
                "verbose_name": "事件",
                "verbose_name_plural": "事件",
            },
            bases=("core.case",),
        ),
        migrations.CreateModel(
            name="Joined",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("joined_at", models.DateTimeField(verbose_name="并入时间")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="拆出时间")),
                ("seen", models.BigIntegerField(default=0)),
                ("state", models.JSONField(default=dict)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="joinings",
                        to="tickets.ticket",
                        verbose_name="工单",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joined",
                        to="tickets.incident",
                        verbose_name="事件",
                    ),
                ),
                (
                    "joined_by",
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
                "verbose_name": "并入的工单",
                "verbose_name_plural": "并入的工单",
            },
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stage", models.CharField(max_length=20, verbose_name="进展")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="通知完毕")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="progress",
                        to="tickets.incident",
                        verbose_name="事件",
                    ),
                ),
            ],
            options={
                "verbose_name": "事件进展",
                "verbose_name_plural": "事件进展",
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
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
                    )
                ),
                name="incident_is_of_a_known_sort",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("into__isnull", True),
                    models.Q(("into", models.F("case_ptr")), _negated=True),
                    _connector="OR",
                ),
                name="incident_not_into_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="joined",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_at__isnull", True)),
                fields=("case",),
                name="joined_to_one_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="progress",
            index=models.Index(
                condition=models.Q(("told_at__isnull", True)),
                fields=["id"],
                name="progress_to_tell",
            ),
        ),
    ]
