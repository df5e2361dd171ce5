"""What an application cost its customer, counted beside it, and when it ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0010_sources"),
        ("core", "0018_burden_reasons"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="burden_approvals",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, verbose_name="自办审批次数"
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="burden_documents",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, verbose_name="要资料次数"
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="burden_fees",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, verbose_name="红线外收费次数"
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="burden_trips",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, verbose_name="跑腿次数"
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="ended_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="办结时间"
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", False)),
                fields=["ended_at"],
                include=(
                    "case_ptr",
                    "burden_trips",
                    "burden_documents",
                    "burden_approvals",
                    "burden_fees",
                ),
                name="application_by_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("burden_approvals__gte", 0),
                    ("burden_documents__gte", 0),
                    ("burden_fees__gte", 0),
                    ("burden_trips__gte", 0),
                ),
                name="application_burdens_are_counts",
                violation_error_message="负担次数不能为负。",
            ),
        ),
    ]
