import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0018_burden_reasons"),
    ]

    operations = [
        migrations.AddField(
            model_name="reason",
            name="pleased",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="仅用于评价原因：否则用于 1–3 分。",
                verbose_name="用于 4–5 分",
            ),
        ),
        migrations.AddField(
            model_name="subject",
            name="ask",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="回访要问"
            ),
        ),
        migrations.AddField(
            model_name="utility",
            name="calls_to_try",
            field=models.PositiveSmallIntegerField(
                db_default=3,
                default=3,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="回访几次未接通即结束",
            ),
        ),
        migrations.AddField(
            model_name="utility",
            name="days_to_call",
            field=models.PositiveSmallIntegerField(
                db_default=3,
                default=3,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="办好后几天内回访",
            ),
        ),
        migrations.AddField(
            model_name="utility",
            name="days_to_rate",
            field=models.PositiveSmallIntegerField(
                db_default=30,
                default=30,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="评价链接有效天数",
            ),
        ),
        migrations.AlterField(
            model_name="reason",
            name="use",
            field=models.CharField(
                choices=[
                    ("refuse", "不予受理"),
                    ("pause", "停表"),
                    ("cancel", "取消"),
                    ("review", "待核实"),
                    ("cause", "超时原因"),
                    ("rating", "评价原因"),
                ],
                max_length=10,
                verbose_name="用途",
            ),
        ),
        migrations.CreateModel(
            name="Aftercare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="办好时间")),
                (
                    "call",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "不回访"),
                            ("waiting", "待回访"),
                            ("reached", "已接通"),
                            ("refused", "客户不愿回访"),
                            ("unreached", "多次未接通"),
                            ("answered", "客户已自行评价"),
                        ],
                        max_length=10,
                        verbose_name="回访",
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="回访时间")),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(default=0, verbose_name="未接通次数"),
                ),
                ("taken_until", models.DateTimeField(blank=True, null=True, verbose_name="占用至")),
                (
                    "called_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="回访完成时间"),
                ),
                ("link_serial", models.PositiveSmallIntegerField(default=0)),
                (
                    "link_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="评价链接有效至"),
                ),
                (
                    "value",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="评分"),
                ),
                ("reasons", models.JSONField(blank=True, default=list, verbose_name="评价原因")),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="客户原话")),
                (
                    "rated_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("link", "短信链接"),
                            ("call", "电话回访"),
                            ("page", "客户确认时"),
                        ],
                        max_length=4,
                        verbose_name="评价方式",
                    ),
                ),
                ("rated_at", models.DateTimeField(blank=True, null=True, verbose_name="评价时间")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="after",
                        to="core.case",
                        verbose_name="办件",
                    ),
                ),
                (
                    "complaint",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complains_of",
                        to="core.case",
                        verbose_name="投诉工单",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="回访人",
                    ),
                ),
            ],
            options={
                "verbose_name": "回访与评价",
                "verbose_name_plural": "回访与评价",
                "indexes": [
                    models.Index(
                        condition=models.Q(("call", "waiting")),
                        fields=["due_at", "id"],
                        name="aftercare_to_call",
                    ),
                    models.Index(
                        condition=models.Q(("rated_at__isnull", False)),
                        fields=["rated_at", "id"],
                        name="aftercare_rated",
                    ),
                    models.Index(
                        condition=models.Q(("done_at__isnull", False)),
                        fields=["done_at"],
                        name="aftercare_done",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value__isnull", True), ("value__range", (1, 5)), _connector="OR"
                        ),
                        name="aftercare_value_is_1_to_5",
                        violation_error_message="满意度为 1 到 5 分。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rated_at__isnull", True), ("value__isnull", True)),
                            models.Q(("rated_at__isnull", False), ("value__isnull", False)),
                            _connector="OR",
                        ),
                        name="aftercare_rated_as_a_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("call", "waiting"), _negated=True),
                            models.Q(("done_at__isnull", False), ("due_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="aftercare_waits_for_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_by__isnull", True),
                            ("taken_until__isnull", False),
                            _connector="OR",
                        ),
                        name="aftercare_taken_for_a_while",
                    ),
                ],
            },
        ),
    ]
