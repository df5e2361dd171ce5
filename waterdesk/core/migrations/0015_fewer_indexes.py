"""Indexes that nothing asks for go, and cases get room for their next version."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0014_reopening_days")]
    operations = [
        migrations.AlterField(
            model_name="case",
            name="area",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="core.area",
                verbose_name="片区",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="area",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.area",
                verbose_name="片区",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="calendar",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="core.workcalendar",
                verbose_name="工作日历",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="promise",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="core.promise",
                verbose_name="承诺",
            ),
        ),
        # Every move writes its case anew. With room on the same page PostgreSQL leaves the nine
        # indexes of the cases alone.
        migrations.RunSQL(
            "ALTER TABLE core_case SET (fillfactor = 85)",
            "ALTER TABLE core_case RESET (fillfactor)",
        ),
    ]
