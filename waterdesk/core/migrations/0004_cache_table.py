"""The table of the cache, so that no step besides `migrate` is needed."""

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.db import BaseDatabaseCache
from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    """Make what settings.CACHES keeps in the database; a table that stands is left alone."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    for alias in settings.CACHES:
        if isinstance(caches[alias], BaseDatabaseCache):
            table = schema_editor.quote_name(caches[alias]._table)
            schema_editor.execute(f"DROP TABLE IF EXISTS {table}")


class Migration(migrations.Migration):
    dependencies = [("core", "0003_windows")]

    operations = [migrations.RunPython(create, drop)]
