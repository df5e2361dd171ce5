"""What the scheme of a project found out beforehand, from which the permits follow."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0023_asking_places"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="blocks_traffic",
            field=models.BooleanField(blank=True, null=True, verbose_name="影响交通"),
        ),
        migrations.AddField(
            model_name="project",
            name="digs_green",
            field=models.BooleanField(blank=True, null=True, verbose_name="破绿"),
        ),
        migrations.AddField(
            model_name="project",
            name="digs_highway",
            field=models.BooleanField(blank=True, null=True, verbose_name="涉及公路"),
        ),
        migrations.AddField(
            model_name="project",
            name="digs_road",
            field=models.BooleanField(blank=True, null=True, verbose_name="占道或破路"),
        ),
        migrations.AddField(
            model_name="project",
            name="needs_planning",
            field=models.BooleanField(blank=True, null=True, verbose_name="规划许可"),
        ),
        migrations.AddField(
            model_name="project",
            name="pipe_metres",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="外线长度（米）"
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="road_opened_on",
            field=models.DateField(blank=True, null=True, verbose_name="道路竣工或大修日期"),
        ),
        migrations.AddField(
            model_name="project",
            name="road_overhauled",
            field=models.BooleanField(blank=True, null=True, verbose_name="上述日期为大修"),
        ),
    ]
