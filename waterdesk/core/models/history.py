"""配置变更: what was changed in the configuration, by whom, from what to what.

Written by triggers of PostgreSQL alone (migrations 0087 and 0088), so that no writer is missed;
UPDATE and DELETE are refused. See core.history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from waterdesk.core.models.people import User


class ChangeQuerySet(models.QuerySet["ConfigChange"]):
    def visible_to(self, user: User) -> ChangeQuerySet:
        """Those of the own areas and those that hold for all; nothing for who looks after none."""
        from waterdesk.core.history.reading import visible

        return visible(self, user)


class ConfigChange(models.Model):
    """One row of configuration as it was and as it became.

    `what` is the table and `key` the row's own. `was` is null of what was added, `became` of what
    was removed. `actor` is "" where nobody was signed in; `way` says how it came about, "" for SQL
    from outside the desk; `account` is the role of the database. `area` and `area_was` are ids,
    null for what holds everywhere. Each carries the digest of the change before it of the same row.
    """

    class Done(models.TextChoices):
        ADDED = "added", _("新增")
        CHANGED = "changed", _("修改")
        REMOVED = "removed", _("删除")

    at = models.DateTimeField(_("时间"))
    actor = models.CharField(_("操作人"), max_length=150, blank=True)
    way = models.CharField(_("途径"), max_length=200, blank=True)
    account = models.CharField(_("数据库账号"), max_length=63)
    what = models.CharField(_("内容"), max_length=63)
    key = models.CharField(_("行"), max_length=64)
    done = models.CharField(_("动作"), max_length=8, choices=Done.choices)
    was = models.JSONField(_("原值"), null=True)
    became = models.JSONField(_("新值"), null=True)
    area = models.BigIntegerField(_("片区"), null=True)
    area_was = models.BigIntegerField(_("原片区"), null=True)
    previous = models.CharField(_("上一摘要"), max_length=64, blank=True)
    digest = models.CharField(_("摘要"), max_length=64)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("配置变更")
        ordering = ["-id"]
        indexes = [
            # The trigger: the change before this one of the same row. The history of one row.
            models.Index(fields=["what", "key", "id"], name="change_of_row"),
            # The page, narrowed to one sort of row or to one person.
            models.Index(fields=["what", "-id"], name="change_by_what"),
            models.Index(fields=["actor", "-id"], name="change_by_actor"),
            # The page, narrowed to some days.
            models.Index(fields=["at"], name="change_by_at"),
        ]
        constraints = [
            models.CheckConstraint(
                name="change_says_something",
                condition=Q(was__isnull=False) | Q(became__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}#{self.key} {self.done}"
