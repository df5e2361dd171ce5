"""Photographs may hang on a move of a case; none of a pause changes.

Undone, it refuses while there is one of a move: rows of photographs are never removed.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0022_companies"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="photo",
            options={
                "ordering": ["pk"],
                "verbose_name": "照片",
                "verbose_name_plural": "照片",
            },
        ),
        migrations.AddField(
            model_name="photo",
            name="action",
            field=models.CharField(blank=True, default="", max_length=50, verbose_name="流转"),
        ),
        migrations.AddField(
            model_name="photo",
            name="case",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="photos",
                to="core.case",
                verbose_name="办件",
            ),
        ),
        migrations.AlterField(
            model_name="photo",
            name="pause",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="photos",
                to="core.pause",
                verbose_name="停表",
            ),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.UniqueConstraint(
                fields=("case", "action", "digest"), name="photo_once_a_move"
            ),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.CheckConstraint(
                name="photo_of_a_pause_or_a_move",
                condition=Q(pause__isnull=False, case__isnull=True, action="")
                | (Q(pause__isnull=True, case__isnull=False) & ~Q(action="")),
            ),
        ),
    ]
