from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_extensions"),
    ]

    operations = [
        migrations.AddField(
            model_name="utility",
            name="replayed",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
    ]
