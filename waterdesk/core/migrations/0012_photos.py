"""Photographs of pauses, and that PostgreSQL itself refuses to change or remove one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION core_photo_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'core_photo is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER core_photo_no_change BEFORE UPDATE OR DELETE ON core_photo
    FOR EACH ROW EXECUTE FUNCTION core_photo_is_append_only();
"""
ALLOW = """
DROP TRIGGER core_photo_no_change ON core_photo;
DROP FUNCTION core_photo_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0011_pause_corrections"),
    ]

    operations = [
        migrations.CreateModel(
            name="Photo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("original", models.CharField(max_length=64, verbose_name="原文件摘要")),
                ("width", models.PositiveSmallIntegerField(verbose_name="宽")),
                ("height", models.PositiveSmallIntegerField(verbose_name="高")),
                (
                    "taken_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="自称拍摄时间"),
                ),
                (
                    "latitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=8,
                        null=True,
                        verbose_name="自称纬度",
                    ),
                ),
                (
                    "longitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=9,
                        null=True,
                        verbose_name="自称经度",
                    ),
                ),
                ("added_at", models.DateTimeField(verbose_name="添加时间")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                (
                    "pause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="core.pause",
                        verbose_name="停表",
                    ),
                ),
            ],
            options={
                "verbose_name": "停表照片",
                "verbose_name_plural": "停表照片",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("pause", "digest"), name="photo_once_a_pause")
                ],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
