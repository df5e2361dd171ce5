"""What can never be of a ticket, where the rule needs columns of the case and of the ticket.

The second one is deferred: a case is written before the ticket that belongs to it.
"""

from django.db import migrations

NEVER = """
ALTER TABLE core_case ADD CONSTRAINT ticket_dispatched_has_handler CHECK (
    kind <> 'ticket' OR handler_id IS NOT NULL
    OR status NOT IN ('dispatched', 'on_site', 'contained', 'finished')
);
CREATE FUNCTION tickets_done_has_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM tickets_ticket WHERE case_ptr_id = NEW.id AND result <> '') THEN
        RAISE EXCEPTION 'ticket % is % without a result', NEW.number, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_done_has_result';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ticket_done_has_result AFTER INSERT OR UPDATE OF status ON core_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.kind = 'ticket' AND NEW.status IN ('finished', 'answered', 'closed'))
    EXECUTE FUNCTION tickets_done_has_result();
"""
MAY_BE = """
DROP TRIGGER ticket_done_has_result ON core_case;
DROP FUNCTION tickets_done_has_result();
ALTER TABLE core_case DROP CONSTRAINT ticket_dispatched_has_handler;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_rows")]
    operations = [migrations.RunSQL(NEVER, MAY_BE)]
