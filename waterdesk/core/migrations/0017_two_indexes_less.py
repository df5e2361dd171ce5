"""Two indexes less of the clocks: each costs a replay of a million of them some seconds.

One finds both all clocks of a case and the one open clock of a promise; the other holds of the
open clocks the late ones only. And cases get more room for their next version.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0016_told_due_times")]
    operations = [
        migrations.RemoveConstraint(model_name="clock", name="clock_one_open_a_promise"),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.UniqueConstraint(
                models.F("case"),
                models.F("code"),
                models.Case(
                    models.When(stopped_at__isnull=True, then=models.Value(0)),
                    default=models.F("id"),
                    output_field=models.BigIntegerField(),
                ),
                name="clock_one_open_a_promise",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="case",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="clocks",
                to="core.case",
                verbose_name="办件",
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("state", "breached"), ("stopped_at__isnull", True)),
                fields=["due_at"],
                name="clock_open_late",
            ),
        ),
        migrations.RemoveIndex(model_name="clock", name="clock_open_by_due"),
        migrations.RunSQL(
            "ALTER TABLE core_case SET (fillfactor = 75)",
            "ALTER TABLE core_case SET (fillfactor = 85)",
        ),
    ]
