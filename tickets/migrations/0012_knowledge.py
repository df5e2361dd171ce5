"""Articles, their versions, whom they answered, and what was asked and not found."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0022_companies"),
        ("tickets", "0010_calls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Article",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9-]*$", "编码只用小写字母、数字和连字符。"
                            )
                        ],
                        verbose_name="编码",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="标题")),
                (
                    "questions",
                    models.JSONField(blank=True, default=list, verbose_name="客户会怎么问"),
                ),
                ("short", models.CharField(max_length=500, verbose_name="答复")),
                ("body", models.TextField(blank=True, max_length=8000, verbose_name="详细说明")),
                ("subjects", models.JSONField(blank=True, default=list, verbose_name="适用事项")),
                ("areas", models.JSONField(blank=True, default=list, verbose_name="适用片区")),
                ("tags", models.JSONField(blank=True, default=list, verbose_name="标签")),
                ("valid_from", models.DateField(verbose_name="生效日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                ("reviewed_on", models.DateField(verbose_name="复核日期")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="依据")),
                (
                    "version",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="版本"),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="articles",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="负责人",
                    ),
                ),
            ],
            options={
                "verbose_name": "知识条目",
                "verbose_name_plural": "知识条目",
            },
        ),
        migrations.CreateModel(
            name="ArticleUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("sent", models.BooleanField(default=False)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="tickets.article",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ArticleVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("said", models.JSONField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="tickets.article",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-version"],
            },
        ),
        migrations.CreateModel(
            name="Unfound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked", models.CharField(max_length=100, unique=True, verbose_name="问的是")),
                ("times", models.PositiveIntegerField(default=1, verbose_name="次数")),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待处理"),
                            ("answered", "已建条目"),
                            ("dismissed", "已忽略"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "article",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="unfound",
                        to="tickets.article",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until", None),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="article_ends_after_it_begins",
                violation_error_message="失效日期不能早于生效日期。",
            ),
        ),
        migrations.AddIndex(
            model_name="articleuse",
            index=models.Index(fields=["article", "-at"], name="article_used"),
        ),
        migrations.AddConstraint(
            model_name="articleversion",
            constraint=models.UniqueConstraint(
                fields=("article", "version"), name="article_version_stands_once"
            ),
        ),
        migrations.AddIndex(
            model_name="unfound",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["-times", "-last_at"],
                name="unfound_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="unfound",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "answered", "dismissed"])),
                name="unfound_state_known",
            ),
        ),
    ]
