"""Reference data of the hotline from `seeds/`: what is missing is added, edits stay."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db import models, transaction
from django.utils import timezone

from tickets.knowledge import saving
from tickets.models import (
    Article,
    DispatchRule,
    Emergency,
    FaultSort,
    OrderSource,
    OutageRule,
    SubjectQuestion,
    WrapUp,
)
from waterdesk.core.models import Utility
from waterdesk.core.seeding import SeedError, known_to


@transaction.atomic
def load(folder: Path, *, update: bool = False) -> int:
    """Add the rows of the hotline that are not there yet: questions, rules, sorts, articles.

    Returns how many. `update` overwrites what the utility edited; of an article that is one more
    version. A folder without a file has none. All or nothing. Raises SeedError naming the file and
    the row.
    """
    added = _rows(SubjectQuestion, ("subject", "code"), folder / "questions.json", update)
    added += _rows(Emergency, ("code",), folder / "emergencies.json", update)
    added += _rows(DispatchRule, ("subject",), folder / "dispatch.json", update)
    added += _rows(OrderSource, ("code",), folder / "orders.json", update)
    added += _rows(FaultSort, ("subject",), folder / "faults.json", update)
    added += _rows(OutageRule, ("longer_than_hours",), folder / "outages.json", update)
    added += _rows(WrapUp, ("code",), folder / "wrap_ups.json", update)
    Utility.touch()
    return added + _articles(folder / "articles.json", timezone.now(), update)


def _read(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def _rows(model: type[models.Model], key: tuple[str, ...], path: Path, update: bool) -> int:
    """Rows that have a position keep the order of the file."""
    added = 0
    for place, row in enumerate(_read(path)):
        try:
            known_to(model, row)
            found = model._default_manager.filter(**{name: row[name] for name in key}).first()
            if found is not None and not update:
                continue
            placed = {"position": place} if hasattr(model, "position") else {}
            fresh = model(**row | placed | {"pk": found.pk if found else None})
            fresh._state.adding = found is None  # or it would collide with itself
            fresh.full_clean()
            fresh.save()
            added += found is None
        except (FieldError, KeyError, TypeError, ValidationError, ValueError) as fault:
            raise SeedError(f"{path.name} row {place + 1}: {fault}") from fault
    return added


def _articles(path: Path, at: datetime, update: bool) -> int:
    """An article without dates holds from the day on which it is loaded, as reviewed that day."""
    added, today = 0, timezone.localdate(at)
    for place, row in enumerate(_read(path)):
        try:
            known_to(Article, row)
            found = Article.objects.filter(code=row["code"]).first()
            if found is not None and not update:
                continue
            article = found or Article(valid_from=today, reviewed_on=today)
            for name, value in row.items():
                setattr(article, name, value)
            article.full_clean()
            saving.save(article, by=None, at=at)
            added += found is None
        except (FieldError, KeyError, TypeError, ValidationError, ValueError) as fault:
            raise SeedError(f"{path.name} row {place + 1}: {fault}") from fault
    return added
