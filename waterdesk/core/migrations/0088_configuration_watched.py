"""PostgreSQL itself notes every change of the configuration, and refuses to change a note.

core_watch(table, keep, leave, hashed) puts the trigger on a table: `keep` are the only columns that
are noted (none: all), `leave` those that never are, `hashed` those of which a digest is. An UPDATE
that changes nothing noted leaves no note. core_unwatch(table) takes it off again.
"""

from django.db import migrations

# Everything a note says and the digest before it; instants in UTC with microseconds.
DIGEST = """
CREATE FUNCTION core_change_digest(note core_configchange) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        note.what, note.key, to_char(note.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),
        note.actor, note.way, note.account, note.done, note.was, note.became, note.area,
        note.area_was, note.previous)::text, 'UTF8')), 'hex')
$$;
"""

SAID = """
CREATE FUNCTION core_change_said(said jsonb, keep text[], leave text[], hashed text[])
RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE name text;
BEGIN
    IF cardinality(keep) > 0 THEN
        SELECT jsonb_object_agg(each.key, each.value) INTO said
          FROM jsonb_each(said) each WHERE each.key = ANY (keep);
    END IF;
    said := said - leave;
    FOREACH name IN ARRAY hashed LOOP
        IF said -> name IS NOT NULL AND said -> name <> 'null' THEN
            said := jsonb_set(said, ARRAY[name], to_jsonb(
                encode(sha256(convert_to((said -> name)::text, 'UTF8')), 'hex')));
        END IF;
    END LOOP;
    RETURN said;
END $$;
"""

# The area a row belongs to: its own, that of the person it is about, or the row itself.
AREA = """
CREATE FUNCTION core_change_area(what text, said jsonb) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN what = 'core_area' THEN (said ->> 'id')::bigint
        WHEN said ? 'area_id' THEN (said ->> 'area_id')::bigint
        WHEN said ? 'user_id' THEN
            (SELECT area_id FROM core_user WHERE id = (said ->> 'user_id')::bigint)
    END
$$;
"""

# Instants are written in UTC, whatever the time zone of the session is. A boundary has the key of
# its area; every other row has an id.
NOTE = """
CREATE FUNCTION core_change_note() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    note core_configchange;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        note.was := core_change_said(
            to_jsonb(OLD), TG_ARGV[0]::text[], TG_ARGV[1]::text[], TG_ARGV[2]::text[]);
        note.key := coalesce(to_jsonb(OLD) ->> 'id', to_jsonb(OLD) ->> 'area_id');
        note.area_was := core_change_area(TG_TABLE_NAME, note.was);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        note.became := core_change_said(
            to_jsonb(NEW), TG_ARGV[0]::text[], TG_ARGV[1]::text[], TG_ARGV[2]::text[]);
        note.key := coalesce(to_jsonb(NEW) ->> 'id', to_jsonb(NEW) ->> 'area_id');
        note.area := core_change_area(TG_TABLE_NAME, note.became);
    END IF;
    IF note.was IS NOT DISTINCT FROM note.became THEN
        RETURN NULL;
    END IF;
    note.at := clock_timestamp();
    note.what := TG_TABLE_NAME;
    note.done := CASE TG_OP WHEN 'INSERT' THEN 'added' WHEN 'UPDATE' THEN 'changed'
                            ELSE 'removed' END;
    note.actor := coalesce(current_setting('waterdesk.actor', true), '');
    note.way := coalesce(current_setting('waterdesk.way', true), '');
    note.account := session_user;
    -- The lock on the row itself lets one change of it through after the other.
    SELECT digest INTO note.previous FROM core_configchange
     WHERE what = note.what AND key = note.key ORDER BY id DESC LIMIT 1;
    note.previous := coalesce(note.previous, '');
    note.digest := core_change_digest(note);
    INSERT INTO core_configchange (at, actor, way, account, what, key, done, was, became, area,
                                   area_was, previous, digest)
    VALUES (note.at, note.actor, note.way, note.account, note.what, note.key, note.done, note.was,
            note.became, note.area, note.area_was, note.previous, note.digest);
    RETURN NULL;
END $$;
"""

WATCH = """
CREATE FUNCTION core_watch(watched regclass, keep text[] DEFAULT '{}', leave text[] DEFAULT '{}',
                           hashed text[] DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER core_watched AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW '
        'EXECUTE FUNCTION core_change_note(%L, %L, %L)', watched, keep, leave, hashed);
END $$;
CREATE FUNCTION core_unwatch(watched regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TRIGGER core_watched ON %s', watched);
END $$;
"""

REFUSE = """
CREATE FUNCTION core_configchange_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'core_configchange is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER core_configchange_no_change BEFORE UPDATE OR DELETE ON core_configchange
    FOR EACH ROW EXECUTE FUNCTION core_configchange_is_append_only();
CREATE TRIGGER core_configchange_no_truncate BEFORE TRUNCATE ON core_configchange
    FOR EACH STATEMENT EXECUTE FUNCTION core_configchange_is_append_only();
"""

FORGET = """
DROP TRIGGER core_configchange_no_truncate ON core_configchange;
DROP TRIGGER core_configchange_no_change ON core_configchange;
DROP FUNCTION core_configchange_is_append_only();
DROP FUNCTION core_unwatch(regclass);
DROP FUNCTION core_watch(regclass, text[], text[], text[]);
DROP FUNCTION core_change_note();
DROP FUNCTION core_change_area(text, jsonb);
DROP FUNCTION core_change_said(jsonb, text[], text[], text[]);
DROP FUNCTION core_change_digest(core_configchange);
"""

# Columns that count or remember what the desk itself did, and the long text of a boundary.
TABLES = {
    "core_utility": "leave => '{revision,replayed}'",
    "core_area": "",
    "core_areashape": "hashed => '{geometry}'",
    "core_workcalendar": "",
    "core_calendarday": "",
    "core_ladder": "",
    "core_promise": "",
    "core_reason": "",
    "core_subject": "",
    "core_shift": "",
    "core_pattern": "leave => '{laid,digest}'",
    "core_leave": "",
    "core_user_groups": "",
    "core_user_user_permissions": "",
    "auth_group": "",
    "auth_group_permissions": "",
}
WATCHED = "".join(
    f"SELECT core_watch({', '.join(filter(None, (repr(name), said)))});\n"
    for name, said in TABLES.items()
)
UNWATCHED = "".join(f"SELECT core_unwatch('{name}');\n" for name in TABLES)

# Rights of people of the utility: no password, no telephone. Customers are no configuration.
RIGHTS = "'{id,username,name,role,area_id,is_active,is_staff,is_superuser}', '{}', '{}'"
PEOPLE = f"""
CREATE TRIGGER core_watched AFTER UPDATE ON core_user FOR EACH ROW
    WHEN (OLD.role <> 'customer' OR NEW.role <> 'customer' OR NEW.is_staff OR NEW.is_superuser
          OR OLD.is_staff OR OLD.is_superuser)
    EXECUTE FUNCTION core_change_note({RIGHTS});
CREATE TRIGGER core_watched_added AFTER INSERT ON core_user FOR EACH ROW
    WHEN (NEW.role <> 'customer' OR NEW.is_staff OR NEW.is_superuser)
    EXECUTE FUNCTION core_change_note({RIGHTS});
CREATE TRIGGER core_watched_removed AFTER DELETE ON core_user FOR EACH ROW
    WHEN (OLD.role <> 'customer' OR OLD.is_staff OR OLD.is_superuser)
    EXECUTE FUNCTION core_change_note({RIGHTS});
"""
NO_PEOPLE = """
DROP TRIGGER core_watched_removed ON core_user;
DROP TRIGGER core_watched_added ON core_user;
DROP TRIGGER core_watched ON core_user;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0087_configuration_history"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [
        migrations.RunSQL(DIGEST + SAID + AREA + NOTE + WATCH + REFUSE, FORGET),
        migrations.RunSQL(WATCHED, UNWATCHED),
        migrations.RunSQL(PEOPLE, NO_PEOPLE),
    ]
