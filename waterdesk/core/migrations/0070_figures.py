"""What was judged of every promise, one row a clock; what changes of it, said by PostgreSQL itself."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import waterdesk.core.models.figures

# The same as waterdesk.core.figures.buckets.
BUCKET = """
CREATE FUNCTION core_figure_bucket(seconds int) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (CASE WHEN seconds / 60 < 128 THEN seconds / 60
    ELSE 64 + 64 * (25 - position(B'1' IN (seconds / 60)::bit(32)))
        + ((seconds / 60) >> (26 - position(B'1' IN (seconds / 60)::bit(32)))) END)::smallint;
"""
# A fact as a delta; which of them make another one.
SAID = """{0}.day, {0}.area_id, {0}.kind, {0}.code, {0}.subject, {0}.channel,
    coalesce({0}.team_id, 0), coalesce({0}.person_id, 0), {0}.on_time, {0}.outside,
    {0}.stopped_at IS NOT NULL, {0}.net_bucket, {0}.gross_bucket"""
WENT, CAME = SAID.format("went"), SAID.format("came")
INTO = """INSERT INTO core_figuredelta (sign, day, area, kind, code, subject, channel, team, person,
    on_time, outside, done, net_bucket, gross_bucket)"""
# Rows that nobody else writes, and no row that two closings would wait for.
FOLLOW = f"""
CREATE FUNCTION core_figure_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {INTO} SELECT 1, {CAME} FROM came;
    ELSIF TG_OP = 'DELETE' THEN
        {INTO} SELECT -1, {WENT} FROM went;
    ELSE
        {INTO} SELECT -1, {WENT} FROM went JOIN came USING (clock_id)
            WHERE ({WENT}) IS DISTINCT FROM ({CAME})
        UNION ALL SELECT 1, {CAME} FROM went JOIN came USING (clock_id)
            WHERE ({WENT}) IS DISTINCT FROM ({CAME});
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER core_figure_came AFTER INSERT ON core_clockfact REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION core_figure_follow();
CREATE TRIGGER core_figure_went AFTER DELETE ON core_clockfact REFERENCING OLD TABLE AS went
    FOR EACH STATEMENT EXECUTE FUNCTION core_figure_follow();
CREATE TRIGGER core_figure_changed AFTER UPDATE ON core_clockfact
    REFERENCING OLD TABLE AS went NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION core_figure_follow();
"""  # noqa: S608
FORGET = """
DROP TRIGGER core_figure_changed ON core_clockfact;
DROP TRIGGER core_figure_went ON core_clockfact;
DROP TRIGGER core_figure_came ON core_clockfact;
DROP FUNCTION core_figure_follow();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0060_ground_files"),
    ]

    operations = [
        migrations.RunSQL(BUCKET, "DROP FUNCTION core_figure_bucket(int)"),
        migrations.CreateModel(
            name="FigureCheck",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                ("at", models.DateTimeField(verbose_name="核对时间")),
                ("cases", models.IntegerField(verbose_name="核对办件数")),
                ("differences", models.IntegerField(verbose_name="差异数")),
                ("said", models.JSONField(default=list, verbose_name="差异")),
            ],
            options={
                "verbose_name": "计数核对",
                "verbose_name_plural": "计数核对",
            },
        ),
        migrations.CreateModel(
            name="FigureDelta",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sign", models.SmallIntegerField()),
                ("day", models.DateField()),
                ("area", models.BigIntegerField()),
                ("kind", models.CharField(max_length=12)),
                ("code", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=60)),
                ("channel", models.CharField(max_length=10)),
                ("team", models.BigIntegerField()),
                ("person", models.BigIntegerField()),
                ("on_time", models.BooleanField()),
                ("outside", models.BooleanField()),
                ("done", models.BooleanField()),
                ("net_bucket", models.SmallIntegerField(null=True)),
                ("gross_bucket", models.SmallIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="FigureSpread",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="月")),
                ("area", models.BigIntegerField(verbose_name="片区")),
                ("kind", models.CharField(max_length=12, verbose_name="类型")),
                ("code", models.CharField(max_length=40, verbose_name="承诺编码")),
                (
                    "measure",
                    models.CharField(
                        choices=[("net", "净用时"), ("gross", "总用时")],
                        max_length=5,
                        verbose_name="用时",
                    ),
                ),
                ("bucket", models.SmallIntegerField(verbose_name="档")),
                ("many", models.IntegerField(verbose_name="数量")),
            ],
            options={
                "verbose_name": "用时分布",
                "verbose_name_plural": "用时分布",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "area", "kind", "code", "measure", "bucket"),
                        name="figure_spread_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FigureSum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "grain",
                    models.CharField(
                        choices=[
                            ("day", "日"),
                            ("month", "月"),
                            ("subject", "月、事项、渠道"),
                            ("person", "月、班组、责任人"),
                        ],
                        max_length=7,
                        verbose_name="粒度",
                    ),
                ),
                ("start", models.DateField(verbose_name="起始日")),
                ("area", models.BigIntegerField(verbose_name="片区")),
                ("kind", models.CharField(max_length=12, verbose_name="类型")),
                ("code", models.CharField(max_length=40, verbose_name="承诺编码")),
                ("subject", models.CharField(max_length=60, verbose_name="事项")),
                ("channel", models.CharField(max_length=10, verbose_name="渠道")),
                ("team", models.BigIntegerField(verbose_name="班组")),
                ("person", models.BigIntegerField(verbose_name="责任人")),
                ("judged", models.IntegerField(verbose_name="已判定")),
                ("on_time", models.IntegerField(verbose_name="按时")),
                ("outside", models.IntegerField(verbose_name="外部原因")),
                ("done", models.IntegerField(verbose_name="已停止")),
            ],
            options={
                "verbose_name": "计数汇总",
                "verbose_name_plural": "计数汇总",
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "grain",
                            "start",
                            "area",
                            "kind",
                            "code",
                            "subject",
                            "channel",
                            "team",
                            "person",
                        ),
                        name="figure_sum_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClockFact",
            fields=[
                (
                    "clock",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="fact",
                        serialize=False,
                        to="core.clock",
                        verbose_name="计时",
                    ),
                ),
                ("number", models.CharField(max_length=24, verbose_name="编号")),
                (
                    "kind",
                    models.CharField(
                        choices=[("application", "申请"), ("ticket", "工单"), ("incident", "事件")],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="承诺编码")),
                ("subject", models.CharField(max_length=60, verbose_name="事项")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("web", "网上"),
                            ("hotline", "热线"),
                            ("counter", "窗口"),
                            ("field", "现场"),
                            ("api", "接口"),
                            ("12345", "12345 转办"),
                        ],
                        max_length=10,
                        verbose_name="渠道",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="起算")),
                ("judged_at", models.DateTimeField(verbose_name="判定时间")),
                ("on_time", models.BooleanField(verbose_name="按时")),
                ("stopped_at", models.DateTimeField(null=True, verbose_name="停止")),
                ("net", models.IntegerField(null=True, verbose_name="净用时（秒）")),
                ("gross", models.IntegerField(null=True, verbose_name="总用时（秒）")),
                (
                    "cause",
                    models.CharField(
                        db_default="", default="", max_length=40, verbose_name="超时原因"
                    ),
                ),
                (
                    "outside",
                    models.BooleanField(db_default=False, default=False, verbose_name="外部原因"),
                ),
                (
                    "day",
                    models.GeneratedField(
                        db_persist=True,
                        expression=waterdesk.core.models.figures.LocalDay(models.F("judged_at")),
                        output_field=models.DateField(),
                    ),
                ),
                (
                    "net_bucket",
                    models.GeneratedField(
                        db_persist=True,
                        expression=waterdesk.core.models.figures.Bucket(models.F("net")),
                        output_field=models.SmallIntegerField(null=True),
                    ),
                ),
                (
                    "gross_bucket",
                    models.GeneratedField(
                        db_persist=True,
                        expression=waterdesk.core.models.figures.Bucket(models.F("gross")),
                        output_field=models.SmallIntegerField(null=True),
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.area",
                        verbose_name="片区",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facts",
                        to="core.case",
                        verbose_name="办件",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="责任人",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.area",
                        verbose_name="班组",
                    ),
                ),
            ],
            options={
                "verbose_name": "计时结果",
                "verbose_name_plural": "计时结果",
                "indexes": [
                    models.Index(fields=["-judged_at", "-clock"], name="fact_newest"),
                    models.Index(
                        fields=["area", "-judged_at", "-clock"], name="fact_newest_of_area"
                    ),
                    models.Index(
                        condition=models.Q(("person__isnull", False)),
                        fields=["person", "-judged_at", "-clock"],
                        name="fact_newest_of_person",
                    ),
                    models.Index(
                        condition=models.Q(("on_time", False)),
                        fields=["-judged_at", "-clock"],
                        name="fact_newest_late",
                    ),
                    models.Index(
                        condition=models.Q(("on_time", False), ("stopped_at__isnull", True)),
                        fields=["-judged_at", "-clock"],
                        name="fact_open_late",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("on_time", False),
                            models.Q(
                                ("stopped_at", models.F("judged_at")), ("stopped_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="fact_kept_was_stopped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("on_time", False),
                            models.Q(("cause", ""), ("outside", False)),
                            _connector="OR",
                        ),
                        name="fact_on_time_has_no_cause",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FOLLOW, FORGET),
    ]
