"""What a customer still has to be told of a due time that the calendar moved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0015_fewer_indexes")]
    operations = [
        migrations.AddField(
            model_name="clock",
            name="told_due_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="客户所知的到期"
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("told_due_at__isnull", False)),
                fields=["id"],
                name="clock_to_tell",
            ),
        ),
    ]
