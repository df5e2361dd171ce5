from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_record_and_numbers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Window",
            fields=[
                ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("resets_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["resets_at"], name="window_over")],
            },
        ),
    ]
