"""What a search looks through, of the cases there are: newest first, a batch a transaction.

It goes on where it was stopped.
"""

from django.db import migrations

from waterdesk.core.places.words import sought

BATCH = 2000


def fill(apps, schema_editor):
    Case = apps.get_model("core", "Case")
    last = None
    while True:
        rows = Case.objects.filter(sought="").exclude(name="", address="").order_by("-pk")
        rows = rows if last is None else rows.filter(pk__lt=last)
        batch = list(rows.only("pk", "name", "address")[:BATCH])
        if not batch:
            return
        for row in batch:
            row.sought = sought(row.name, row.address)
        Case.objects.bulk_update(batch, ["sought"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0041_search")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
