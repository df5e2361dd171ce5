"""Whether whoever has least to do is sent by rule; a desk that is at work goes on as before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0020_reason_uses")]
    operations = [
        migrations.AddField(
            model_name="utility",
            name="assign_by_rule",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="受理后按规则自动派单"
            ),
        ),
    ]
