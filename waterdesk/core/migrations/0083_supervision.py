"""Orders of supervisors, and the indexes by which a day is looked at."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0080_disclosures_so_far"),
    ]

    operations = [
        migrations.CreateModel(
            name="Supervision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "addressee",
                    models.CharField(
                        choices=[("handler", "处理人"), ("lead", "班长")],
                        max_length=10,
                        verbose_name="督办对象",
                    ),
                ),
                ("demand", models.CharField(max_length=500, verbose_name="督办要求")),
                ("ordered_at", models.DateTimeField(verbose_name="督办时间")),
                ("reply", models.CharField(blank=True, max_length=500, verbose_name="督办答复")),
                (
                    "replied_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="答复时间"),
                ),
                ("returned", models.PositiveSmallIntegerField(default=0, verbose_name="退回次数")),
                (
                    "accepted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="认定时间"),
                ),
            ],
            options={
                "verbose_name": "督办",
                "verbose_name_plural": "督办",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="supervision",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "未督办"),
                    ("handler", "督办中，待处理人答复"),
                    ("lead", "督办中，待班长答复"),
                    ("answered", "督办已答复，待认定"),
                    ("accepted", "督办已办结"),
                ],
                db_default="",
                default="",
                editable=False,
                max_length=10,
                verbose_name="督办",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("supervision__in", ["handler", "lead", "answered"])),
                fields=["supervision", "-id"],
                name="case_supervised",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("action__in", ["chase", "reopen", "reinstate"])),
                fields=["recorded_at", "case"],
                name="event_again",
            ),
        ),
        migrations.AddIndex(
            model_name="pause",
            index=models.Index(fields=["started_at", "id"], name="pause_by_start"),
        ),
        migrations.AddIndex(
            model_name="pause",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["started_at", "id"],
                name="pause_standing",
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="accepted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="认定人",
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="supervisions",
                to="core.case",
                verbose_name="办件",
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="ordered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="督办人",
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="replied_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="答复人",
            ),
        ),
        migrations.AddIndex(
            model_name="supervision",
            index=models.Index(
                condition=models.Q(("accepted_at__isnull", True)),
                fields=["ordered_at", "id"],
                name="supervision_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("accepted_at__isnull", True)),
                fields=("case",),
                name="supervision_one_open_a_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accepted_at__isnull", True),
                    models.Q(
                        ("accepted_at__gte", models.F("replied_at")), ("replied_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="supervision_accepted_after_a_reply",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(("demand", ""), _negated=True), name="supervision_says_something"
            ),
        ),
    ]
