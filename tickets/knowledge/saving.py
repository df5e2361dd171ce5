"""Writing an article: the row as it is now, and a version that says so for ever."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tickets.models import Article, ArticleVersion
from waterdesk.core.errors import Conflict

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

# What a version says, in the order in which pages show it.
SAID = (
    "title", "questions", "short", "body", "subjects", "areas", "tags", "valid_from",
    "valid_until", "owner", "reviewed_on", "source",
)  # fmt: skip


def save(article: Article, *, by: User | None, at: datetime) -> bool:
    """Write a new or changed article with its version; returns False where nothing changed.

    `by` None is the desk itself, which loads the seeds. `article.version` is the one that was
    looked at: Raises Conflict when somebody else has written another since.
    """
    with transaction.atomic():
        if article.pk:
            stands = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
            if stands.version != article.version:
                raise Conflict(_("这条知识刚被别人改过，请核对后再保存。"))
            if said(stands) == said(article):
                return False
        article.version += 1
        article.save()
        ArticleVersion.objects.create(
            article=article, version=article.version, at=at, by=by, said=said(article)
        )
    return True


def said(article: Article) -> dict[str, Any]:
    """Everything an article says, as values that JSON holds; the owner by user name."""
    values: dict[str, Any] = {}
    for name in SAID:
        value = getattr(article, name)
        if name == "owner":
            value = article.owner.username if article.owner else ""
        values[name] = value.isoformat() if isinstance(value, date) else value
    return values


def changed(newer: dict[str, Any], older: dict[str, Any] | None) -> list[str]:
    """The names of what differs between two versions; of the first, nothing."""
    return [name for name in SAID if older is not None and newer.get(name) != older.get(name)]
