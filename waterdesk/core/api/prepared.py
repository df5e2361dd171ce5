"""Serializers whose fields are built once a class and not once an answer.

REST framework derives the fields of a serializer anew for each instance: a quarter of the time an
application took. What it derives depends on the class alone, so it is kept, and each instance gets
shallow copies, which alone are bound to it.
"""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Any

from rest_framework import serializers


class Prepared(serializers.BaseSerializer):
    """Put before Serializer or ModelSerializer; `get_fields` may not look at the instance."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {name: copy(field) for name, field in _fields_of(type(self)).items()}


@cache
def _fields_of(kind: type[Any]) -> dict[str, serializers.Field]:
    """The unbound fields of a serializer class, made the way REST framework does."""
    return super(Prepared, kind()).get_fields()
