"""Whether repairs are dispatched by rule, and the number that whoever orders gave a case."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0050_incidents")]
    operations = [
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
                    ("trip", "跑腿"),
                    ("document", "要资料"),
                    ("approval", "自办审批"),
                    ("strike", "更正负担"),
                    ("rating", "评价原因"),
                    ("decline", "退回派单"),
                    ("return", "退单"),
                ],
                max_length=10,
                verbose_name="用途",
            ),
        ),
        migrations.AddField(
            model_name="utility",
            name="dispatch_by_rule",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="报修登记后按规则自动派单"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="reference",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=40,
                verbose_name="来源单号",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["reference"],
                name="case_by_reference",
                condition=~models.Q(reference=""),
            ),
        ),
    ]
