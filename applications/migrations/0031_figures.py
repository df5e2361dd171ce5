"""How an application ended, beside when; and what ended on a day, added up by PostgreSQL itself."""

import datetime

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Coalesce

# One for each row that changes in what it counts as: an application is written by itself.
FOLLOW = """
CREATE FUNCTION applications_ended_day_add(a applications_application, n int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    carried bool := a.ended_as NOT IN ('refused', 'cancelled');
    zero bool := a.burden_trips + a.burden_documents + a.burden_approvals + a.burden_fees = 0;
BEGIN
    IF a.ended_at IS NULL OR a.ended_area_id IS NULL OR (zero AND NOT carried) THEN
        RETURN;
    END IF;
    INSERT INTO applications_endedday AS d
        (day, area_id, service, done, met, trips, documents, approvals, fees, apart)
    VALUES (
        (a.ended_at AT TIME ZONE 'Asia/Shanghai')::date, a.ended_area_id, a.ended_service,
        n * carried::int, n * (carried AND zero)::int,
        n * (carried AND a.burden_trips > 0)::int, n * (carried AND a.burden_documents > 0)::int,
        n * (carried AND a.burden_approvals > 0)::int, n * (carried AND a.burden_fees > 0)::int,
        n * (NOT carried)::int
    )
    ON CONFLICT (day, area_id, service) DO UPDATE SET
        done = d.done + excluded.done, met = d.met + excluded.met,
        trips = d.trips + excluded.trips, documents = d.documents + excluded.documents,
        approvals = d.approvals + excluded.approvals, fees = d.fees + excluded.fees,
        apart = d.apart + excluded.apart;
END $$;
CREATE FUNCTION applications_ended_day_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM applications_ended_day_add(OLD, -1);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM applications_ended_day_add(NEW, 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER applications_ended_day_changed AFTER UPDATE ON applications_application
    FOR EACH ROW WHEN (
        (OLD.ended_at, OLD.ended_area_id, OLD.ended_service, OLD.ended_as, OLD.burden_trips,
         OLD.burden_documents, OLD.burden_approvals, OLD.burden_fees) IS DISTINCT FROM
        (NEW.ended_at, NEW.ended_area_id, NEW.ended_service, NEW.ended_as, NEW.burden_trips,
         NEW.burden_documents, NEW.burden_approvals, NEW.burden_fees)
    ) EXECUTE FUNCTION applications_ended_day_follow();
CREATE TRIGGER applications_ended_day_begun AFTER INSERT ON applications_application
    FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL)
    EXECUTE FUNCTION applications_ended_day_follow();
CREATE TRIGGER applications_ended_day_gone AFTER DELETE ON applications_application
    FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL)
    EXECUTE FUNCTION applications_ended_day_follow();
"""
FORGET = """
DROP TRIGGER applications_ended_day_gone ON applications_application;
DROP TRIGGER applications_ended_day_begun ON applications_application;
DROP TRIGGER applications_ended_day_changed ON applications_application;
DROP FUNCTION applications_ended_day_follow();
DROP FUNCTION applications_ended_day_add(applications_application, int);
"""
COUNTERS = ("burden_trips", "burden_documents", "burden_approvals", "burden_fees")


def words(name, length):
    return models.CharField(
        blank=True, db_default="", default="", editable=False, max_length=length, verbose_name=name
    )


def counter(name):
    return models.IntegerField(default=0, verbose_name=name)


class Migration(migrations.Migration):
    dependencies = [("applications", "0030_review_reminders"), ("core", "0022_companies")]
    operations = [
        migrations.AddField(
            "application",
            "ended_area",
            models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.area",
                verbose_name="办结时的片区",
            ),
        ),
        migrations.AddField("application", "ended_service", words("办结时的服务", 60)),
        migrations.AddField("application", "ended_as", words("办结时的状态", 20)),
        migrations.RemoveIndex("application", "application_by_end"),
        migrations.AddIndex(
            "application",
            models.Index(
                condition=Q(("ended_at__isnull", False)),
                fields=["ended_at"],
                include=("case_ptr", "ended_area", "ended_service", "ended_as", *COUNTERS),
                name="application_by_end",
            ),
        ),
        migrations.AddIndex(
            "application",
            models.Index(
                condition=Q(("applicant_kind", "organisation")),
                fields=["case_ptr"],
                name="application_of_company",
            ),
        ),
        migrations.AddIndex(
            "project",
            models.Index(
                Coalesce("expected_on", datetime.date(9999, 12, 31)),
                models.F("id"),
                name="project_by_date",
            ),
        ),
        migrations.CreateModel(
            name="EndedDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="日期")),
                ("service", models.CharField(max_length=60, verbose_name="服务")),
                ("done", counter("办成")),
                ("met", counter("达标")),
                ("trips", counter("有跑腿")),
                ("documents", counter("有资料")),
                ("approvals", counter("有审批")),
                ("fees", counter("有费用")),
                ("apart", counter("未办成但有负担")),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="core.area",
                        verbose_name="片区",
                    ),
                ),
            ],
            options={
                "verbose_name": "四零日计",
                "verbose_name_plural": "四零日计",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "area", "service"), name="ended_day_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(FOLLOW, FORGET),
    ]
