"""Daily seals, runs that check the record, and who read personal data in full."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0075_goals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("person_read", "查看个人信息"),
                            ("result_read", "查看推送全文"),
                            ("account_exported", "导出立户清单"),
                            ("record_exported", "导出留痕"),
                            ("list_exported", "导出列表"),
                        ],
                        max_length=20,
                        verbose_name="内容",
                    ),
                ),
                ("case", models.CharField(blank=True, max_length=24, verbose_name="办件")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
            ],
            options={
                "verbose_name": "查阅记录",
                "verbose_name_plural": "查阅记录",
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("count", models.PositiveIntegerField(verbose_name="留痕条数")),
                ("first_id", models.BigIntegerField(null=True)),
                ("last_id", models.BigIntegerField(null=True)),
                ("root", models.CharField(max_length=64, verbose_name="根摘要")),
                ("previous", models.CharField(blank=True, max_length=64, verbose_name="上一封签")),
                ("digest", models.CharField(max_length=64, verbose_name="封签摘要")),
                ("signature", models.CharField(blank=True, max_length=128, verbose_name="签名")),
                ("made_at", models.DateTimeField(verbose_name="封签时间")),
            ],
            options={
                "verbose_name": "封签",
                "verbose_name_plural": "封签",
                "ordering": ["-day"],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="开始时间")),
                ("since", models.DateField(blank=True, null=True, verbose_name="自（含）")),
                ("reached", models.CharField(blank=True, max_length=24)),
                ("looked", models.PositiveIntegerField(default=0, verbose_name="已核对")),
                ("expected", models.PositiveIntegerField(default=0)),
                ("found", models.PositiveIntegerField(default=0, verbose_name="问题")),
                ("findings", models.JSONField(default=list)),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="完成时间"),
                ),
                ("taken_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "留痕核验",
                "verbose_name_plural": "留痕核验",
            },
        ),
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["recorded_at"], name="event_recorded"
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="area",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.area",
                verbose_name="片区",
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="查阅人",
            ),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.UniqueConstraint(fields=("previous",), name="seal_follows_one"),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("begins_at"))),
                name="seal_of_a_whole_day",
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="asked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="disclosure",
            index=models.Index(fields=["by", "-id"], name="disclosure_by"),
        ),
        migrations.AddIndex(
            model_name="disclosure",
            index=models.Index(fields=["case", "-id"], name="disclosure_of_case"),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="disclosure_has_a_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="verification",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", True)),
                fields=["id"],
                name="verification_waiting",
            ),
        ),
    ]
