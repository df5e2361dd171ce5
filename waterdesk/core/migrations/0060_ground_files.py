"""Files of polygons and addresses that people bring."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0054_crew"),
    ]

    operations = [
        migrations.CreateModel(
            name="GroundFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "kind",
                    models.CharField(
                        choices=[("shapes", "片区边界"), ("addresses", "地址库")],
                        max_length=10,
                        verbose_name="内容",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="文件")),
                ("content", models.BinaryField()),
                ("plan", models.JSONField(default=dict)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("wrong", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("skip", models.BooleanField(default=False)),
                ("refusal", models.CharField(blank=True, max_length=500)),
                ("checked_at", models.DateTimeField(null=True)),
                ("agreed_at", models.DateTimeField(null=True)),
                ("applied_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("taken_until", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "片区与地址文件",
                "verbose_name_plural": "片区与地址文件",
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("applied_at", None),
                            ("refusal", ""),
                            models.Q(
                                ("checked_at", None), ("agreed_at__isnull", False), _connector="OR"
                            ),
                        ),
                        fields=["id"],
                        name="ground_file_waiting",
                    ),
                    models.Index(fields=["by", "-id"], name="ground_file_of"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("applied_at", None),
                            models.Q(("agreed_at__isnull", False), ("checked_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="ground_file_is_agreed_to_before_it_is_applied",
                    )
                ],
            },
        ),
    ]
