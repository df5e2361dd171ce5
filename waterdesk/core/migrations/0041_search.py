"""What finds a case or an address by two characters of it, and a case by the end of its number.

A trigram index knows nothing of two characters in the middle of a word, and most names of places
are two. So the index holds every two neighbours; PostgreSQL makes them of `sought` by itself. The
cost tells the planner not to do so for every row of a table.
"""

from django.db import migrations, models
from django.db.models.functions import Right

GRAMS = """
CREATE FUNCTION core_grams(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    SELECT coalesce(array_agg(DISTINCT chars[at] || chars[at + 1]), '{}')
    FROM (SELECT string_to_array(words, NULL) AS chars) AS split,
        generate_series(1, cardinality(chars) - 1) AS at
    WHERE chars[at] <> E'\\n' AND chars[at + 1] <> E'\\n'
$$
"""
OF_CASES = "CREATE INDEX core_case_grams ON core_case USING gin (core_grams(sought))"
OF_ADDRESSES = "CREATE INDEX core_address_grams ON core_address USING gin (core_grams(sought))"


class Migration(migrations.Migration):
    dependencies = [("core", "0040_places")]
    operations = [
        migrations.RunSQL(GRAMS, "DROP FUNCTION core_grams(text)"),
        migrations.RunSQL(OF_CASES, "DROP INDEX core_case_grams"),
        migrations.RunSQL(OF_ADDRESSES, "DROP INDEX core_address_grams"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                Right("phone", 4),
                models.F("id").desc(),
                name="case_by_end_of_phone",
                condition=~models.Q(phone=""),
            ),
        ),
    ]
