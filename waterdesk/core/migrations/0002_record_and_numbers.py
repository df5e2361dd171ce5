"""PostgreSQL itself refuses to change or remove an event, and counts case numbers."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION core_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'core_event is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER core_event_no_change BEFORE UPDATE OR DELETE ON core_event
    FOR EACH ROW EXECUTE FUNCTION core_event_is_append_only();
CREATE TRIGGER core_event_no_truncate BEFORE TRUNCATE ON core_event
    FOR EACH STATEMENT EXECUTE FUNCTION core_event_is_append_only();
"""
ALLOW = """
DROP TRIGGER core_event_no_truncate ON core_event;
DROP TRIGGER core_event_no_change ON core_event;
DROP FUNCTION core_event_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_rows")]
    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunSQL("CREATE SEQUENCE core_case_number", "DROP SEQUENCE core_case_number"),
    ]
