"""The uses of reasons, those of all parts together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0019_after"),
    ]

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
                ],
                max_length=10,
                verbose_name="用途",
            ),
        ),
    ]
