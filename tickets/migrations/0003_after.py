from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0019_after"),
        ("tickets", "0002_rules"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="ticket",
            name="ticket_satisfaction_is_known",
        ),
        migrations.AlterField(
            model_name="ticket",
            name="satisfaction",
            field=models.CharField(
                blank=True,
                choices=[
                    ("satisfied", "满意"),
                    ("neutral", "一般"),
                    ("dissatisfied", "不满意"),
                    ("unreachable", "未接通"),
                    ("refused", "拒绝评价"),
                ],
                max_length=12,
                verbose_name="满意度",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "satisfaction__in",
                        ["", "satisfied", "neutral", "dissatisfied", "unreachable", "refused"],
                    )
                ),
                name="ticket_satisfaction_is_known",
            ),
        ),
    ]
