"""Signs of life of the processes that keep the promises."""

from __future__ import annotations

from django.db import models


class Pulse(models.Model):
    """When a part of the machinery last showed that it lives: worker, beat, sweep."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
