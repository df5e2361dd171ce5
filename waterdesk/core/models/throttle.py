"""How often somebody did something lately."""

from __future__ import annotations

from django.db import models


class Window(models.Model):
    """One open window of one limit: what was counted, and when counting begins anew.

    Written by `waterdesk.core.throttle` alone. `key` is the scope and a digest of who it was, so
    that no number or address can be read from the table.
    """

    key = models.CharField(max_length=100, primary_key=True)
    count = models.PositiveIntegerField()
    resets_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Every hit takes a few windows that are over out of the table.
            models.Index(fields=["resets_at"], name="window_over"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.count}"
