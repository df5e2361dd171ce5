"""A company may stand under another: several of them share one desk."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0021_visits"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="area", name="area_company_is_the_root"),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                name="area_only_a_company_is_the_root",
                condition=Q(level="company") | Q(parent__isnull=False),
                violation_error_message="营业所和网格必须有上级片区。",
            ),
        ),
    ]
