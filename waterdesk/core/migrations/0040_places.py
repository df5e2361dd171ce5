"""The ground: polygons of areas, an address book, and where a case is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0030_photo_of_a_move"),
    ]

    operations = [
        migrations.CreateModel(
            name="Address",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="地址")),
                ("place", models.CharField(editable=False, max_length=200, unique=True)),
                ("compound", models.CharField(blank=True, max_length=60, verbose_name="小区")),
                ("building", models.CharField(blank=True, max_length=40, verbose_name="楼栋")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "一般"),
                            ("hospital", "医院"),
                            ("school", "学校"),
                            ("high-rise", "高层"),
                        ],
                        max_length=12,
                        verbose_name="用户类型",
                    ),
                ),
                ("lat", models.FloatField(blank=True, null=True, verbose_name="纬度")),
                ("lon", models.FloatField(blank=True, null=True, verbose_name="经度")),
                ("sought", models.TextField(db_default="", default="", editable=False)),
            ],
            options={
                "verbose_name": "地址",
                "verbose_name_plural": "地址库",
            },
        ),
        migrations.CreateModel(
            name="AreaShape",
            fields=[
                (
                    "area",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="shape",
                        serialize=False,
                        to="core.area",
                        verbose_name="片区",
                    ),
                ),
                ("geometry", models.JSONField(verbose_name="边界（GeoJSON）")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
            ],
            options={
                "verbose_name": "片区边界",
                "verbose_name_plural": "片区边界",
            },
        ),
        migrations.AddField(
            model_name="case",
            name="lat",
            field=models.FloatField(blank=True, null=True, verbose_name="纬度"),
        ),
        migrations.AddField(
            model_name="case",
            name="lon",
            field=models.FloatField(blank=True, null=True, verbose_name="经度"),
        ),
        migrations.AddField(
            model_name="case",
            name="sought",
            field=models.TextField(db_default="", default="", editable=False),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("lat__isnull", False)), fields=["lat", "lon"], name="case_near"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("lat__isnull", False),
                        ("lon__isnull", False),
                        ("lat__range", (-90, 90)),
                        ("lon__range", (-180, 180)),
                    ),
                    models.Q(("lat__isnull", True), ("lon__isnull", True)),
                    _connector="OR",
                ),
                name="case_is_on_earth",
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="addresses",
                to="core.area",
                verbose_name="片区",
            ),
        ),
        migrations.AddIndex(
            model_name="address",
            index=models.Index(
                condition=models.Q(("kind", ""), _negated=True),
                fields=["area", "kind"],
                name="address_sensitive",
            ),
        ),
        migrations.AddIndex(
            model_name="address",
            index=models.Index(
                condition=models.Q(("lat__isnull", False)),
                fields=["lat", "lon"],
                name="address_near",
            ),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("lat__isnull", False),
                        ("lon__isnull", False),
                        ("lat__range", (-90, 90)),
                        ("lon__range", (-180, 180)),
                    ),
                    models.Q(("lat__isnull", True), ("lon__isnull", True)),
                    _connector="OR",
                ),
                name="address_is_on_earth",
            ),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.CheckConstraint(
                condition=models.Q(("place", ""), _negated=True), name="address_says_something"
            ),
        ),
    ]
