"""Contracts: their templates, what was made of them, the papers, the codes to sign by."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0014_results"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContractTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="编码")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("title", models.CharField(max_length=80, verbose_name="标题")),
                ("services", models.JSONField(blank=True, default=list, verbose_name="适用服务")),
                (
                    "classes",
                    models.JSONField(blank=True, default=list, verbose_name="适用客户类别"),
                ),
                ("uses", models.JSONField(blank=True, default=list, verbose_name="适用用水性质")),
                (
                    "paragraphs",
                    models.JSONField(
                        help_text='每条为 {"heading": 标题, "text": 正文}，正文中可用占位符。',
                        verbose_name="条款",
                    ),
                ),
                (
                    "remind_days",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="合同生成后第几天未签则短信提醒，如 [3, 7, 15]。",
                        verbose_name="催签天数",
                    ),
                ),
                ("effective_from", models.DateTimeField(verbose_name="生效时间")),
                (
                    "effective_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="失效时间"),
                ),
                ("source", models.CharField(max_length=200, verbose_name="出处")),
            ],
            options={
                "verbose_name": "合同模板",
                "verbose_name_plural": "合同模板",
                "ordering": ["code", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "version"), name="contract_template_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_until__isnull", True),
                            ("effective_until__gt", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="contract_template_ends_after_it_begins",
                        violation_error_message="失效时间必须晚于生效时间。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=30, unique=True, verbose_name="合同编号")),
                ("words", models.JSONField(verbose_name="合同文本")),
                ("facts", models.JSONField(verbose_name="合同要素")),
                ("sha256", models.CharField(max_length=64, verbose_name="合同摘要")),
                ("key", models.CharField(max_length=24)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待签署"),
                            ("signed", "已签署"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="签署时间")),
                (
                    "signed_phone",
                    models.CharField(blank=True, max_length=20, verbose_name="签署号码"),
                ),
                (
                    "signed_sha256",
                    models.CharField(blank=True, max_length=64, verbose_name="已签合同摘要"),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
                ),
                ("remind_at", models.DateTimeField(blank=True, null=True, verbose_name="下次催签")),
                (
                    "reminded",
                    models.PositiveSmallIntegerField(default=0, verbose_name="已催签次数"),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="applications.application",
                        verbose_name="办件",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="applications.contracttemplate",
                        verbose_name="模板",
                    ),
                ),
            ],
            options={
                "verbose_name": "用水合同",
                "verbose_name_plural": "用水合同",
                "ordering": ["made_at"],
            },
        ),
        migrations.CreateModel(
            name="SigningCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nonce", models.CharField(max_length=32)),
                ("digest", models.CharField(max_length=64)),
                ("sent_at", models.DateTimeField(verbose_name="发送时间")),
                ("expires_at", models.DateTimeField(verbose_name="失效时间")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="已试次数")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="使用时间")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="codes",
                        to="applications.contract",
                    ),
                ),
            ],
            options={
                "verbose_name": "签署验证码",
                "verbose_name_plural": "签署验证码",
            },
        ),
        migrations.CreateModel(
            name="ContractPaper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("signed", models.BooleanField(verbose_name="带签署")),
                ("body", models.BinaryField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="papers",
                        to="applications.contract",
                    ),
                ),
            ],
            options={
                "verbose_name": "合同文件",
                "verbose_name_plural": "合同文件",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "signed"), name="contract_paper_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                condition=models.Q(("remind_at__isnull", False)),
                fields=["remind_at"],
                name="contract_remind",
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["made_at"],
                name="contract_unsigned",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["waiting", "signed"])),
                fields=("case",),
                name="contract_one_valid_a_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("state", "signed"), _negated=True),
                        ("signed_at__isnull", True),
                        ("signed_phone", ""),
                        ("signed_sha256", ""),
                    ),
                    models.Q(
                        ("signed_at__isnull", False),
                        ("state", "signed"),
                        models.Q(("signed_phone", ""), _negated=True),
                        models.Q(("signed_sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="contract_signed_has_its_signature",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "waiting"), ("remind_at__isnull", True), _connector="OR"
                ),
                name="contract_only_a_waiting_one_is_reminded",
            ),
        ),
    ]
