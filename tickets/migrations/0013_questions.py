"""What is asked about each sort of call, and the words of an emergency."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0012_knowledge"),
    ]

    operations = [
        migrations.CreateModel(
            name="Emergency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="编码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("words", models.JSONField(default=list, verbose_name="词语")),
                ("unless", models.JSONField(blank=True, default=list, verbose_name="不算的说法")),
                ("instruction", models.CharField(max_length=200, verbose_name="马上读给来电人")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="出处")),
            ],
            options={
                "verbose_name": "险情词语",
                "verbose_name_plural": "险情词语",
                "ordering": ["position", "id"],
            },
        ),
        migrations.AddField(
            model_name="ticket",
            name="answers",
            field=models.JSONField(blank=True, default=dict, verbose_name="来电回答"),
        ),
        migrations.AddField(
            model_name="ticket",
            name="emergency",
            field=models.CharField(blank=True, max_length=40, verbose_name="险情"),
        ),
        migrations.AddField(
            model_name="ticket",
            name="emergency_words",
            field=models.CharField(blank=True, max_length=100, verbose_name="险情词语"),
        ),
        migrations.CreateModel(
            name="SubjectQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=40, verbose_name="事项")),
                ("code", models.CharField(max_length=40, verbose_name="编码")),
                ("label", models.CharField(max_length=80, verbose_name="问题")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "text"),
                            ("lines", "lines"),
                            ("choice", "choice"),
                            ("number", "number"),
                            ("date", "date"),
                            ("flag", "flag"),
                            ("account", "account"),
                            ("mobile", "mobile"),
                            ("identity", "identity"),
                        ],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("help", models.CharField(blank=True, max_length=120, verbose_name="提示")),
                ("required", models.BooleanField(default=False, verbose_name="必填")),
                ("choices", models.JSONField(blank=True, default=list, verbose_name="选项")),
                ("shown", models.JSONField(blank=True, null=True, verbose_name="何时问")),
                ("demanded", models.JSONField(blank=True, null=True, verbose_name="何时必填")),
                ("least", models.IntegerField(blank=True, null=True, verbose_name="最小")),
                ("most", models.IntegerField(blank=True, null=True, verbose_name="最大")),
                ("staff", models.BooleanField(default=False, verbose_name="客户页面不显示")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="出处")),
            ],
            options={
                "verbose_name": "来电问题",
                "verbose_name_plural": "来电问题",
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject", "code"), name="question_of_a_subject_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                (
                                    "text",
                                    "lines",
                                    "choice",
                                    "number",
                                    "date",
                                    "flag",
                                    "account",
                                    "mobile",
                                    "identity",
                                ),
                            )
                        ),
                        name="question_kind_known",
                        violation_error_message="没有这种问题。",
                    ),
                ],
            },
        ),
    ]
