"""How often an application was taken up again after it had ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_applications")]
    operations = [
        migrations.AddField(
            model_name="application",
            name="reopened",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, verbose_name="重新办理次数"
            ),
        ),
    ]
