"""What is watched, and in which words it is said."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

# Rights that Django keeps in tables of its own, which no model of ours can speak for.
OF_DJANGO: dict[str, str | Lazy] = {
    "auth_group": _("权限组"),
    "auth_group_permissions": _("权限组的权限"),
    "core_user_groups": _("用户所在的权限组"),
    "core_user_user_permissions": _("用户的单项权限"),
}


@cache
def models_by_table() -> dict[str, type[models.Model]]:
    """Every model whose rows are watched, by its table."""
    everything: list[Any] = apps.get_models(include_auto_created=True)
    return {
        model._meta.db_table: model
        for model in everything
        if getattr(model, "in_history", False) or model._meta.db_table in OF_DJANGO
    }


def tables() -> list[str]:
    return sorted(models_by_table())


def label_of(table: str) -> str:
    """What rows of this table are called; of one that is gone, its name."""
    if table in OF_DJANGO:
        return str(OF_DJANGO[table])
    model = models_by_table().get(table)
    return table if model is None else str(model._meta.verbose_name)


def field_of(table: str, column: str) -> Any:
    """The field that keeps this column, None where the model has none any more."""
    model = models_by_table().get(table)
    fields = () if model is None else model._meta.concrete_fields
    return next((field for field in fields if field.column == column), None)
