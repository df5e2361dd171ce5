"""Arrays as PostgreSQL spells them: what goes in comes out again."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import MONDAY_0900
from tests.sla.laws import law
from waterdesk.core.models import Clock
from waterdesk.database.arrays import spelled

# What a text column can hold at all.
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


def read(values, kind):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM unnest(%s::{kind}[])", [spelled(values)])
        return [value for (value,) in cursor.fetchall()]


@pytest.mark.django_db
@law
@given(st.lists(st.none() | TEXTS, max_size=5))
def test_any_text_comes_back_as_it_was(texts):
    assert read(texts, "text") == texts


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("bigint", [1, -2, None]),
        ("boolean", [True, False, None]),
        ("numeric", [Decimal("0.50"), Decimal("-3")]),
        ("uuid", [UUID(int=7), None]),
        ("text", ["", "NULL", "{", '"', "\\", ",", " a ", Clock.State.MET]),
        ("timestamptz", [MONDAY_0900.astimezone(UTC), datetime(1999, 1, 1, tzinfo=UTC), None]),
    ],
)
def test_every_kind_that_is_written_in_bulk_comes_back_as_it_was(kind, values):
    assert read(values, kind) == values


def test_an_array_in_an_array_is_refused():
    with pytest.raises(TypeError, match="one value"):
        spelled([[1, 2]])
