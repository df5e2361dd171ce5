"""POST /api/v1/orders/: 12345 and others hand over an order, as often as they like."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tickets.models import CATEGORIES, SUBTYPES, Order, Term
from tickets.models.orders import NUMBER_LENGTH
from tickets.orders import intake
from waterdesk.core.api.prepared import Prepared
from waterdesk.core.errors import NotAllowed
from waterdesk.core.flow import DISPATCH


class OrderIn(Prepared, serializers.Serializer):
    """An order as its source gives it. `term` is by when it is to be answered.

    `received_at` is when it was sent, with its offset from UTC: both clocks count from then.
    Without `category` it is one for help, with `subtype` a repair, which needs an `address`.
    """

    source = serializers.CharField(max_length=20)
    number = serializers.CharField(max_length=NUMBER_LENGTH)
    term = serializers.ChoiceField(choices=Term.values)
    received_at = serializers.DateTimeField()
    title = serializers.CharField(required=False, allow_blank=True, max_length=100)
    content = serializers.CharField()
    category = serializers.ChoiceField(choices=CATEGORIES, required=False)
    subtype = serializers.ChoiceField(choices=SUBTYPES, required=False, allow_blank=True)
    name = serializers.CharField(required=False, allow_blank=True)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    address = serializers.CharField(required=False, allow_blank=True)
    area = serializers.CharField(required=False, allow_blank=True, max_length=40)

    def given(self) -> dict[str, Any]:
        said = dict(self.validated_data)
        return said | {"received_at": said["received_at"].isoformat()}


class OrderOut(Prepared, serializers.ModelSerializer):
    """`ticket` is the desk's own number; `state` is waiting, signed, answered or returned."""

    ticket = serializers.CharField(source="case.number")
    state = serializers.CharField()

    class Meta:
        model = Order
        fields: ClassVar[list[str]] = [
            "source", "number", "ticket", "state", "title", "term", "received_at", "signed_at",
            "answered_at", "answer", "returned_at", "reason",
        ]  # fmt: skip


class OrdersView(APIView):
    """For accounts that dispatch. What became of an order goes out as a result, see the topics."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=OrderIn, responses={200: OrderOut, 201: OrderOut}, tags=["orders"])
    def post(self, request: Request) -> Response:
        """Open an order: 201; the same number of the same source again: 200, and the first one.

        400 names every field at fault.
        """
        if request.user.role not in DISPATCH:
            raise NotAllowed
        form = OrderIn(data=request.data)
        form.is_valid(raise_exception=True)
        ticket, new = intake.open_order(form.given(), by=request.user, at=timezone.now())
        order = Order.objects.select_related("case").get(case=ticket.pk)
        return Response(OrderOut(order).data, status=201 if new else 200)
