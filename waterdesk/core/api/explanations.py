"""What GET /api/v1/clocks/{id}/explanation/ answers: a clock's count, day by day."""

from __future__ import annotations

from datetime import timedelta

from rest_framework import serializers

from waterdesk.core.api.prepared import Prepared


class Seconds(serializers.FloatField):
    """A duration in seconds, to the microsecond."""

    def to_representation(self, value: timedelta) -> float:
        return value.total_seconds()


class LimitOut(Prepared, serializers.Serializer):
    amount = serializers.DecimalField(max_digits=8, decimal_places=2, source="clock.amount")
    unit = serializers.CharField(source="clock.unit")
    seconds = Seconds(source="account.limit")


class CalendarOut(Prepared, serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    tz = serializers.CharField()
    source = serializers.CharField()


class PieceOut(Prepared, serializers.Serializer):
    """`pause` is the place in `pauses` of what stood in the way; null where time was counted."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    seconds = Seconds(source="length")
    pause = serializers.IntegerField(allow_null=True)


class DayOut(Prepared, serializers.Serializer):
    """`number` counts whole working days: null where this day is none, or time is counted."""

    date = serializers.DateField(source="row.day")
    kind = serializers.CharField(source="row.kind")
    name = serializers.CharField()
    source = serializers.CharField()
    number = serializers.IntegerField(source="row.number", allow_null=True)
    counted_seconds = Seconds(source="row.counted")
    total_seconds = Seconds(source="row.total")
    windows = PieceOut(source="row.pieces", many=True)


class StandstillOut(Prepared, serializers.Serializer):
    reason = serializers.CharField()
    name = serializers.CharField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    stops = serializers.BooleanField()
    lost_seconds = Seconds(source="lost")
    note = serializers.CharField()
    author = serializers.CharField()


class SumOut(Prepared, serializers.Serializer):
    kind = serializers.CharField()
    name = serializers.CharField()
    days = serializers.IntegerField()


class ExplanationOut(Prepared, serializers.Serializer):
    """`ends_at` is where the days end: the due time, or as far as a pause without an end lets tell.

    `used_seconds` is counted time, `gross_seconds` calendar time since the start.
    `due_at` is what the clock was given, `reckoned_at` what the days give; they differ (`agrees`)
    only where the calendar or a pause was changed since. `provisional_after` is the last day of a
    published holiday schedule when the due day lies beyond it. `kept_as_told`: it stopped while the
    due time was provisional, which then stands whatever is published afterwards.
    """

    clock = serializers.IntegerField(source="clock.pk")
    case = serializers.CharField(source="clock.case.number")
    promise = serializers.CharField(source="clock.code")
    name = serializers.CharField(source="clock.name")
    source = serializers.CharField(source="clock.promise.source")
    limit = LimitOut(source="*")
    calendar = CalendarOut(source="clock.calendar")
    state = serializers.CharField(source="clock.state")
    started_at = serializers.DateTimeField(source="clock.started_at")
    counts_from = serializers.DateTimeField(source="account.counts_from", allow_null=True)
    stopped_at = serializers.DateTimeField(source="clock.stopped_at", allow_null=True)
    due_at = serializers.DateTimeField(source="clock.due_at")
    reckoned_at = serializers.DateTimeField(source="reckoned")
    agrees = serializers.BooleanField()
    ends_at = serializers.DateTimeField(source="account.end")
    provisional = serializers.BooleanField(source="clock.provisional")
    provisional_after = serializers.DateField(source="published_until", allow_null=True)
    kept_as_told = serializers.BooleanField()
    counted_seconds = Seconds(source="account.counted")
    remaining_seconds = Seconds(source="remaining")
    used_seconds = Seconds(source="used")
    gross_seconds = Seconds(source="gross")
    days = DayOut(many=True)
    pauses = StandstillOut(many=True)
    sums = SumOut(many=True)
