"""For how many days after its end an application may be taken up again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0013_rota")]
    operations = [
        migrations.AddField(
            model_name="utility",
            name="days_to_reopen",
            field=models.PositiveSmallIntegerField(
                db_default=30, default=30, verbose_name="申请办结后多少天内可以重新办理"
            ),
        ),
    ]
