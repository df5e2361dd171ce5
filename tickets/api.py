"""/api/v1/tickets/: open a ticket, read it, its record, its moves."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from tickets import intake
from tickets.models import CATEGORIES, SUBTYPES, Ticket
from waterdesk.core.api.cases import CaseOut, CaseViewSet
from waterdesk.core.api.prepared import Prepared
from waterdesk.core.errors import Invalid
from waterdesk.core.intake import channels_of
from waterdesk.core.models.cases import Case

# What a field of the intake is called by those who use the API.
SPOKEN = {"phone": "caller.phone", "name": "caller.name", "remark": "description"}


class CallerIn(Prepared, serializers.Serializer):
    """Who calls; `phone` is "" when the number was withheld."""

    name = serializers.CharField(required=False, allow_blank=True)
    phone = serializers.CharField(allow_blank=True, max_length=40)


class TicketIn(Prepared, serializers.Serializer):
    """A call. `subtype` and `address` are needed for a repair; `area` is found from the
    point `lat`, `lon` (degrees, WGS84), else from the address.

    `answers` are by the codes of what is asked about the subject, see /api/v1/questions/.
    """

    category = serializers.ChoiceField(choices=CATEGORIES)
    subtype = serializers.ChoiceField(choices=SUBTYPES, required=False, allow_blank=True)
    caller = CallerIn()
    address = serializers.CharField(required=False, allow_blank=True)
    area = serializers.CharField(required=False, allow_blank=True, max_length=40)
    lat = serializers.FloatField(required=False, allow_null=True)
    lon = serializers.FloatField(required=False, allow_null=True)
    description = serializers.CharField()
    answers = serializers.DictField(required=False)
    urgent = serializers.BooleanField(default=False)
    calibre_mm = serializers.IntegerField(required=False, allow_null=True)
    channel = serializers.ChoiceField(choices=Case.Channel.values, default=Case.Channel.API.value)

    def to_case(self) -> Ticket:
        """The draft of what was sent; raises Invalid in the API's own names of the fields."""
        sent: dict[str, Any] = dict(self.validated_data)
        caller = sent.pop("caller")
        user = self.context["request"].user
        channel = sent.pop("channel")
        if channel not in channels_of(user):
            raise Invalid(fields={"channel": _("您不能使用此渠道。")})
        given = sent | {"remark": sent["description"], **caller}
        try:
            return intake.draft(given, by=user, channel=channel)
        except Invalid as fault:
            named = {SPOKEN.get(name, name): text for name, text in fault.fields.items()}
            raise Invalid(fault.message, fields=named) from None


class CallerOut(Prepared, serializers.Serializer):
    name = serializers.CharField()
    phone = serializers.CharField()


class TicketOut(CaseOut):
    caller = CallerOut(source="*", read_only=True)
    description = serializers.CharField(source="remark", read_only=True)
    incident = serializers.SlugRelatedField(slug_field="number", read_only=True, allow_null=True)

    class Meta(CaseOut.Meta):
        model = Ticket
        fields: ClassVar[list[str]] = [
            *(name for name in CaseOut.Meta.fields if name != "remark"),
            "category", "subtype", "caller", "description", "answers", "emergency",
            "calibre_mm", "result",
            "satisfaction", "chased", "reopened", "incident",
        ]  # fmt: skip


@extend_schema_view(create=extend_schema(request=TicketIn, responses={201: TicketOut}))
class TicketViewSet(CaseViewSet):
    """热线工单. Staff open tickets for whoever calls, customers for their own number."""

    queryset = Ticket.objects.all()
    serializer_class = TicketOut
    opening_class = TicketIn
