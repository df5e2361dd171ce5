"""Goals of the figures, for the whole utility or an area."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0071_facts_of_before"),
    ]

    operations = [
        migrations.CreateModel(
            name="Goal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        help_text="承诺的编码（如 two-step、arrive，为其按时率），或 tickets、two-step-net、four-zeros、calls-soon、calls-missed、called-back、pleased。",
                        max_length=40,
                        verbose_name="指标",
                    ),
                ),
                (
                    "value",
                    models.DecimalField(decimal_places=2, max_digits=6, verbose_name="目标值"),
                ),
                ("source", models.CharField(max_length=200, verbose_name="出处")),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        help_text="留空为全公司；片区没有自己的目标时，沿用上级的。",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="core.area",
                        verbose_name="片区",
                    ),
                ),
            ],
            options={
                "verbose_name": "指标目标",
                "verbose_name_plural": "指标目标",
                "ordering": ["measure", "area"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("measure", "area"),
                        name="goal_one_a_measure_and_area",
                        nulls_distinct=False,
                        violation_error_message="这个片区的这项指标已有目标。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value__gte", 0),
                            models.Q(
                                ("value__lte", 100),
                                ("measure__in", ["two-step-net"]),
                                _connector="OR",
                            ),
                        ),
                        name="goal_is_reachable",
                        violation_error_message="百分比目标在 0 到 100 之间。",
                    ),
                ],
            },
        ),
    ]
