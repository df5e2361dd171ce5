"""PostgreSQL itself refuses to change or remove a seal or a disclosure, as it does an event."""

from django.db import migrations

TABLES = ("core_seal", "core_disclosure")

FUNCTION = """
CREATE FUNCTION core_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$
"""
REFUSE = """
CREATE TRIGGER {0}_no_change BEFORE UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION core_is_append_only();
CREATE TRIGGER {0}_no_truncate BEFORE TRUNCATE ON {0}
    FOR EACH STATEMENT EXECUTE FUNCTION core_is_append_only();
"""
ALLOW = """
DROP TRIGGER {0}_no_truncate ON {0};
DROP TRIGGER {0}_no_change ON {0};
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0078_seals")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION core_is_append_only()"),
        *(migrations.RunSQL(REFUSE.format(each), ALLOW.format(each)) for each in TABLES),
    ]
