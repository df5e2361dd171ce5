import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import notifications.results.models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_messages"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscriber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="编码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "url",
                    models.CharField(
                        max_length=500,
                        validators=[notifications.results.models.check_url],
                        verbose_name="地址",
                    ),
                ),
                (
                    "secret",
                    models.CharField(
                        help_text="环境变量 RESULTS_SECRET_ 之后的部分，例如 BILLING；密钥本身不在此处填写。",
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Z][A-Z0-9_]*\\Z", "只能用大写字母、数字和下划线。"
                            )
                        ],
                        verbose_name="密钥名称",
                    ),
                ),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="主题"
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "gone_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="对方声明停用的时间"
                    ),
                ),
                ("notes", models.CharField(blank=True, max_length=300, verbose_name="说明")),
            ],
            options={
                "verbose_name": "接收系统",
                "verbose_name_plural": "接收系统",
                "ordering": ("code",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gone_at__isnull", True), ("active", False), _connector="OR"
                        ),
                        name="subscriber_gone_is_off",
                        violation_error_message="对方已声明停用的接收系统不能是启用状态。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("url", ""), _negated=True), name="subscriber_has_a_url"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("topic", models.CharField(max_length=60, verbose_name="主题")),
                ("case", models.CharField(max_length=32, verbose_name="办件号")),
                ("version", models.PositiveIntegerField(verbose_name="留痕序号")),
                ("body", models.TextField(verbose_name="内容")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待推送"),
                            ("sending", "推送中"),
                            ("sent", "已送达"),
                            ("held", "暂停"),
                            ("dead", "推送失败"),
                        ],
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="尝试次数")),
                (
                    "refusals",
                    models.PositiveSmallIntegerField(default=0, verbose_name="连续被拒次数"),
                ),
                ("replays", models.PositiveSmallIntegerField(default=0, verbose_name="重推次数")),
                ("created_at", models.DateTimeField(verbose_name="生成时间")),
                (
                    "next_try_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="下次推送"),
                ),
                ("lease_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="送达时间")),
                (
                    "answer",
                    models.CharField(blank=True, max_length=300, verbose_name="最近一次应答"),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="notifications.subscriber",
                        verbose_name="接收系统",
                    ),
                ),
            ],
            options={
                "verbose_name": "结果推送",
                "verbose_name_plural": "结果推送",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["next_try_at", "id"],
                        name="delivery_due",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "sending", "held"])),
                        fields=["subscriber", "case", "version", "id"],
                        name="delivery_order",
                    ),
                    models.Index(fields=["state", "-id"], name="delivery_by_state"),
                    models.Index(fields=["case", "-id"], name="delivery_of_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscriber", "case", "version", "topic"), name="delivery_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "sending", "sent", "held", "dead"])
                        ),
                        name="delivery_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("next_try_at__isnull", False),
                                ("state__in", ("waiting", "sending")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("waiting", "sending")), _negated=True),
                                ("next_try_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="delivery_open_has_next_try",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_until__isnull", False), ("state", "sending")),
                            models.Q(
                                models.Q(("state", "sending"), _negated=True),
                                ("lease_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="delivery_lease_while_sending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="delivery_sent_has_instant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "dead"), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="delivery_dead_has_answer",
                    ),
                ],
            },
        ),
    ]
