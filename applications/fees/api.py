"""POST /api/v1/payments/callback/: the gateway tells that somebody has paid."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from applications.fees import gateway
from applications.fees.moves import PAY, REFERENCE_LENGTH
from applications.fees.payments import Doubled
from applications.models import Payment
from applications.models.fees import Side
from waterdesk.core import door


class CallbackIn(serializers.Serializer):
    """`ref` is the gateway's own number of the payment; `amount` in yuan, as text or number."""

    case = serializers.CharField(max_length=24)
    # A word of the language: it cannot be declared as the others are.
    vars()["for"] = serializers.ChoiceField(choices=Side.choices)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    ref = serializers.CharField(max_length=REFERENCE_LENGTH)
    paid_at = serializers.DateTimeField(required=False)


class CallbackOut(serializers.Serializer):
    ref = serializers.CharField(source="reference")
    case = serializers.CharField(source="case.number")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)


class CallbackView(APIView):
    """Signed as applications.fees.gateway says, and by nothing else."""

    authentication_classes: ClassVar[list[type]] = []
    permission_classes: ClassVar[list[type]] = []

    @extend_schema(
        request=CallbackIn, responses={200: CallbackOut, 201: CallbackOut}, tags=["payments"]
    )
    def post(self, request: Request) -> Response:
        """Record a payment: 201; the same payment told again: 200, and nothing changes.

        403 without a right `X-Signature`; 409 `doubled_reference` for a reference that stands with
        another case, side or sum; 400 and 409 for what the desk does not take, and nothing is kept.
        """
        body = request._request.body
        header = request.headers.get(gateway.HEADER, "")
        if not gateway.is_signed(settings.PAY_SECRET, body, header, timezone.now()):
            raise PermissionDenied
        form = CallbackIn(data=request.data)
        form.is_valid(raise_exception=True)
        said = form.validated_data
        if (known := _known(said)) is not None:
            return Response(CallbackOut(known).data)
        try:
            _record(said)
        except Doubled:
            # Told twice at once: the other one was first.
            if (known := _known(said)) is None:
                raise
            return Response(CallbackOut(known).data)
        return Response(CallbackOut(_known(said)).data, status=201)


def _known(said: dict[str, Any]) -> Payment | None:
    """The payment of this reference; None when there is none. Raises Doubled for another one."""
    row = Payment.objects.select_related("case").filter(reference=said["ref"]).first()
    if row is None:
        return None
    if (row.case.number, row.side, row.amount) != (said["case"], said["for"], said["amount"]):
        raise Doubled
    return row


def _record(said: dict[str, Any]) -> None:
    changes = {"amount": str(said["amount"]), "for": said["for"], "ref": said["ref"]}
    if "paid_at" in said:
        changes["paid_at"] = said["paid_at"].isoformat()
    door.move(said["case"], PAY, actor=None, at=timezone.now(), changes=changes)
