"""Messages over REST: one's own inbox, and for administrators everything; carriers' receipts."""

from __future__ import annotations

import hmac
import uuid
from typing import Any

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications import receipts
from notifications.addresses import masked, with_mobiles_masked
from notifications.models import Channel, Message


class MessageSerializer(serializers.ModelSerializer):
    """`address` is masked for everybody, and mobile numbers in somebody else's text too."""

    address = serializers.SerializerMethodField(
        help_text=gettext_lazy("手机号已遮蔽；站内消息为空。")
    )
    body = serializers.SerializerMethodField()

    class Meta:
        model = Message
        fields = (
            "id", "key", "channel", "address", "subject", "body", "case", "state", "attempts",
            "error", "created_at", "sent_at", "read_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_address(self, message: Message) -> str:
        return "" if message.channel == Channel.INBOX else masked(message.address)

    def get_body(self, message: Message) -> str:
        if message.secret:
            return _("（保密）")
        if message.recipient_id == self.context["request"].user.pk:
            return message.body
        return with_mobiles_masked(message.body)


class MessageFilter(django_filters.FilterSet):
    unread = django_filters.BooleanFilter(
        method="by_unread", label=gettext_lazy("true：未读；false：已读")
    )
    case = django_filters.CharFilter(label=gettext_lazy("办件号"))

    class Meta:
        model = Message
        fields = ("unread", "case")

    def by_unread(self, rows: QuerySet[Message], _name: str, unread: bool) -> QuerySet[Message]:
        return rows.filter(channel=Channel.INBOX, read_at__isnull=unread)


class NewestFirst(CursorPagination):
    """Ids sort by time, so the primary key pages: page 1,000 costs what page 1 does."""

    ordering = "-id"
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"

    def decode_cursor(self, request: Request) -> Any:
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            try:
                uuid.UUID(cursor.position)
            except ValueError:
                raise NotFound(self.invalid_cursor_message) from None
        return cursor


class ReceiptSerializer(serializers.Serializer):
    id = serializers.CharField(
        max_length=128, help_text=gettext_lazy("通道返回的流水号，或发送时的 Idempotency-Key")
    )
    state = serializers.ChoiceField(choices=["delivered", "failed"])
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class IsCarrier(BasePermission):
    """The gateway proves itself by SMS_RECEIPT_TOKEN; while that is empty, nobody is let in."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        token = settings.SMS_RECEIPT_TOKEN
        given = request.headers.get("Authorization", "")
        return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


@extend_schema_view(
    list=extend_schema(
        summary=gettext_lazy("消息列表"),
        description=gettext_lazy("本人的站内消息，最新的在前；管理员可见全部消息。"),
    ),
    retrieve=extend_schema(summary=gettext_lazy("一条消息")),
)
class MessageViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Message]
):
    """Register as `messages`. One's own inbox; administrators see every message."""

    serializer_class = MessageSerializer
    permission_classes = (IsAuthenticated,)
    pagination_class = NewestFirst
    filter_backends = (django_filters.rest_framework.DjangoFilterBackend,)
    filterset_class = MessageFilter
    queryset = Message.objects.none()

    def get_queryset(self) -> QuerySet[Message]:
        return Message.objects.visible_to(self.request.user)

    @extend_schema(summary=gettext_lazy("标为已读"), request=None, responses=MessageSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str | None = None) -> Response:
        """Only in one's own inbox. Repeating it keeps the first instant."""
        message = self.get_object()
        mine = Message.objects.inbox_of(request.user).filter(pk=message.pk)
        if not mine.exists():
            raise NotFound
        mine.mark_read(timezone.now())
        message.refresh_from_db()
        return Response(self.get_serializer(message).data)

    @extend_schema(
        summary=gettext_lazy("短信状态报告"),
        description=gettext_lazy("由短信网关调用，凭 SMS_RECEIPT_TOKEN（Bearer）。"),
        request=ReceiptSerializer,
        responses={204: OpenApiResponse(description=gettext_lazy("已记录"))},
        auth=[],
    )
    @action(
        detail=False, methods=["post"], authentication_classes=[], permission_classes=[IsCarrier]
    )
    def receipts(self, request: Request) -> Response:
        form = ReceiptSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        delivered = given["state"] == "delivered"
        if not receipts.record(given["id"], delivered, given["reason"], timezone.now()):
            raise NotFound
        return Response(status=204)
