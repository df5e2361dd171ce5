"""The places of the applications that are open: of the others nobody asks."""

from django.db import migrations

from applications.places import normal

BATCH = 2000


def fill(apps, schema_editor):
    Application = apps.get_model("applications", "Application")
    batch = []
    for row in Application.objects.filter(ended_at=None).only("pk", "address").iterator(BATCH):
        row.place = normal(row.address)
        batch.append(row)
        if len(batch) == BATCH:
            Application.objects.bulk_update(batch, ["place"])
            batch = []
    Application.objects.bulk_update(batch, ["place"])


class Migration(migrations.Migration):
    dependencies = [("applications", "0023_asking")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
