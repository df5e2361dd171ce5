"""收费: rules of fees, quotes and payments of applications."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0013_contracts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeePrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="编码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "side",
                    models.CharField(
                        choices=[("outside", "红线外"), ("inside", "红线内")],
                        default="outside",
                        max_length=8,
                        verbose_name="红线内外",
                    ),
                ),
                ("conditions", models.JSONField(blank=True, default=dict, verbose_name="适用条件")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("effective_from", models.DateTimeField(verbose_name="生效时间")),
                (
                    "effective_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="失效时间"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
                ("source", models.CharField(max_length=200, verbose_name="出处")),
                (
                    "item",
                    models.CharField(
                        help_text="客户看到的名称，如“材料”。", max_length=20, verbose_name="项目"
                    ),
                ),
                (
                    "price",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="单价（元）"),
                ),
                ("unit", models.CharField(max_length=10, verbose_name="单位")),
                (
                    "lump",
                    models.BooleanField(
                        default=False,
                        help_text="勾选则数量通常为 1，不用测量。",
                        verbose_name="按项计",
                    ),
                ),
            ],
            options={
                "verbose_name": "收费项目",
                "verbose_name_plural": "收费项目",
                "ordering": ["position", "code", "version", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["outside", "inside"])),
                        name="feeprice_side_is_known",
                        violation_error_message="收费只分红线内、红线外。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_until__isnull", True),
                            ("effective_until__gt", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="feeprice_ends_after_it_begins",
                        violation_error_message="失效时间必须晚于生效时间。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price__gte", 0)),
                        name="feeprice_is_not_negative",
                        violation_error_message="单价不能为负。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeeWaiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="编码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "side",
                    models.CharField(
                        choices=[("outside", "红线外"), ("inside", "红线内")],
                        default="outside",
                        max_length=8,
                        verbose_name="红线内外",
                    ),
                ),
                ("conditions", models.JSONField(blank=True, default=dict, verbose_name="适用条件")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("effective_from", models.DateTimeField(verbose_name="生效时间")),
                (
                    "effective_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="失效时间"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
                ("source", models.CharField(max_length=200, verbose_name="出处")),
                (
                    "items",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="收费项目的编码；留空为本侧全部项目。",
                        verbose_name="适用项目",
                    ),
                ),
                (
                    "waives",
                    models.BooleanField(
                        default=True,
                        help_text="不勾选：符合条件的不在免收之列。",
                        verbose_name="免收",
                    ),
                ),
                ("reason", models.CharField(max_length=120, verbose_name="给客户的说明")),
            ],
            options={
                "verbose_name": "免收规则",
                "verbose_name_plural": "免收规则",
                "ordering": ["position", "code", "version", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["outside", "inside"])),
                        name="feewaiver_side_is_known",
                        violation_error_message="收费只分红线内、红线外。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_until__isnull", True),
                            ("effective_until__gt", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="feewaiver_ends_after_it_begins",
                        violation_error_message="失效时间必须晚于生效时间。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额（元）"),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("outside", "红线外"), ("inside", "红线内")],
                        max_length=8,
                        verbose_name="红线内外",
                    ),
                ),
                ("fee", models.CharField(blank=True, max_length=40, verbose_name="收费项目")),
                (
                    "method",
                    models.CharField(
                        choices=[("cash", "现金"), ("transfer", "转账"), ("gateway", "在线支付")],
                        max_length=10,
                        verbose_name="付款方式",
                    ),
                ),
                ("reference", models.CharField(max_length=64, unique=True, verbose_name="流水号")),
                ("paid_at", models.DateTimeField(verbose_name="付款时间")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="applications.application",
                        verbose_name="办件",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收款人",
                    ),
                ),
            ],
            options={
                "verbose_name": "收款",
                "verbose_name_plural": "收款",
                "ordering": ["case", "paid_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="payment_is_positive",
                        violation_error_message="金额必须大于零。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["outside", "inside"])),
                        name="payment_side_is_known",
                        violation_error_message="收费只分红线内、红线外。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        name="payment_has_a_reference",
                        violation_error_message="每笔收款都要有流水号。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("method", "gateway"), ("received_by__isnull", False), _connector="OR"
                        ),
                        name="payment_by_hand_is_somebodys",
                        violation_error_message="现金和转账要有收款人。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("items", models.JSONField(verbose_name="项目")),
                ("facts", models.JSONField(default=dict, verbose_name="依据的事实")),
                (
                    "depends_on",
                    models.JSONField(blank=True, default=list, verbose_name="还不知道的事实"),
                ),
                (
                    "total",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="应交"),
                ),
                (
                    "least",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="至少应交"),
                ),
                (
                    "waived",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="免收"),
                ),
                ("made_at", models.DateTimeField(verbose_name="报价时间")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quotes",
                        to="applications.application",
                        verbose_name="办件",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="报价人",
                    ),
                ),
            ],
            options={
                "verbose_name": "报价",
                "verbose_name_plural": "报价",
                "ordering": ["case", "version"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "version"), name="quote_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("least__gte", 0), ("total__gte", models.F("least")), ("waived__gte", 0)
                        ),
                        name="quote_sums_in_order",
                        violation_error_message="报价的金额不能为负。",
                    ),
                ],
            },
        ),
    ]
