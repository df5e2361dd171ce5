from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0042_sought"),
    ]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="kind",
            field=models.CharField(
                choices=[("application", "申请"), ("ticket", "工单"), ("incident", "事件")],
                editable=False,
                max_length=12,
                verbose_name="类型",
            ),
        ),
        migrations.AlterField(
            model_name="promise",
            name="kind",
            field=models.CharField(
                choices=[("application", "申请"), ("ticket", "工单"), ("incident", "事件")],
                max_length=12,
                verbose_name="办件类型",
            ),
        ),
        migrations.AlterField(
            model_name="subject",
            name="kind",
            field=models.CharField(
                choices=[("application", "申请"), ("ticket", "工单"), ("incident", "事件")],
                max_length=12,
                verbose_name="办件类型",
            ),
        ),
    ]
