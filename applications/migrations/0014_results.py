import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0016_burdens_counted"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="position",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=40, verbose_name="水表位置"
            ),
        ),
        migrations.CreateModel(
            name="AccountOpening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="通水时间")),
                ("facts", models.JSONField(verbose_name="内容")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="openings",
                        to="applications.application",
                        verbose_name="申请",
                    ),
                ),
            ],
            options={
                "verbose_name": "立户",
                "verbose_name_plural": "立户",
                "indexes": [models.Index(fields=["at", "id"], name="opening_by_instant")],
            },
        ),
    ]
