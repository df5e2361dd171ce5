"""Reminders before a review of what a service left: which was told, and when the next is due."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0024_scheme_found"),
    ]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="review_next_on",
            field=models.DateField(blank=True, null=True, verbose_name="下次复核提醒日期"),
        ),
        migrations.AddField(
            model_name="standing",
            name="review_told",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="复核前已提醒（提前天数）"
            ),
        ),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(
                condition=models.Q(("review_next_on__isnull", False)),
                fields=["review_next_on"],
                name="standing_review_reminds",
            ),
        ),
    ]
