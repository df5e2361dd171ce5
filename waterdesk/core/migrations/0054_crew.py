"""What phones of the crew tell, and levels that are withdrawn by it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0052_dispatch_and_orders"),
    ]

    operations = [
        migrations.AddField(
            model_name="crossing",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
        ),
        migrations.AddField(
            model_name="utility",
            name="minutes_to_arrive_late",
            field=models.PositiveSmallIntegerField(
                db_default=120, default=120, verbose_name="手机断网多少分钟内按真实时间停表"
            ),
        ),
        migrations.CreateModel(
            name="CrewAction",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("case", models.CharField(max_length=24, verbose_name="办件")),
                ("action", models.CharField(max_length=50, verbose_name="流转")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("changes", models.JSONField(default=dict, verbose_name="填写内容")),
                ("phone_at", models.DateTimeField(verbose_name="手机时间")),
                (
                    "offset_ms",
                    models.BigIntegerField(null=True, verbose_name="手机与服务器相差（毫秒）"),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="发送时的手机时间")),
                ("arrived_at", models.DateTimeField(verbose_name="到达时间")),
                ("wanted_at", models.DateTimeField(verbose_name="推定时间")),
                ("made_at", models.DateTimeField(null=True, verbose_name="生效时间")),
                ("seq", models.PositiveIntegerField(null=True, verbose_name="留痕序号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("done", "已生效"),
                            ("asked", "时间待定"),
                            ("granted", "按真实时间"),
                            ("declined", "按到达时间"),
                            ("refused", "未被接受"),
                        ],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                (
                    "doubt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "无"),
                            ("unknown", "手机从未与服务器对时"),
                            ("wrong", "手机时钟相差一天以上"),
                            ("changed", "手机时钟在断网期间被调整"),
                            ("ahead", "手机时间晚于服务器"),
                            ("late", "断网时间超过允许时长"),
                        ],
                        max_length=10,
                        verbose_name="存疑",
                    ),
                ),
                ("refusal", models.JSONField(null=True, verbose_name="未接受的原因")),
                ("lat", models.FloatField(null=True, verbose_name="纬度")),
                ("lon", models.FloatField(null=True, verbose_name="经度")),
                ("accuracy", models.FloatField(null=True, verbose_name="精度（米）")),
                ("metres", models.FloatField(null=True, verbose_name="离办件地点（米）")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="决定时间")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="决定人",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="外勤人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "手机操作",
                "verbose_name_plural": "手机操作",
                "indexes": [
                    models.Index(fields=["case", "arrived_at"], name="crew_action_of_case"),
                    models.Index(
                        condition=models.Q(("state", "asked")),
                        fields=["arrived_at"],
                        name="crew_action_asked",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("made_at__isnull", True),
                                ("refusal__isnull", False),
                                ("state", "refused"),
                            ),
                            models.Q(
                                models.Q(("state", "refused"), _negated=True),
                                ("made_at__isnull", False),
                                ("seq__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="crew_action_refused_or_made",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_by__isnull", False),
                                ("state__in", ["granted", "declined"]),
                            ),
                            models.Q(
                                models.Q(("state__in", ["granted", "declined"]), _negated=True),
                                ("decided_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="crew_action_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lat__isnull", False),
                                ("lon__isnull", False),
                                ("lat__range", (-90, 90)),
                                ("lon__range", (-180, 180)),
                            ),
                            models.Q(("lat__isnull", True), ("lon__isnull", True)),
                            _connector="OR",
                        ),
                        name="crew_action_is_on_earth",
                    ),
                ],
            },
        ),
    ]
