"""Editing the wording of messages, and looking at what was sent."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from notifications import nudge, rendering
from notifications.addresses import masked, with_mobiles_masked
from notifications.delivery import requeue
from notifications.models import Channel, Message, Text
from notifications.results import admin as _results_admin  # noqa: F401  registers what it has


@admin.register(Text)
class TextAdmin(admin.ModelAdmin):
    """What the utility says, in its own words. A text is switched off, not deleted."""

    list_display = ("key", "channel", "subject", "body", "active")
    list_filter = ("channel", "active")
    search_fields = ("key", "subject", "body")
    fields = ("key", "channel", "subject", "body", "ttl", "secret", "active", "notes")

    def get_readonly_fields(self, request: HttpRequest, obj: Text | None = None) -> tuple[str, ...]:
        # The code and the channel are how the desk finds the text.
        return () if obj is None else ("key", "channel")

    def has_delete_permission(self, request: HttpRequest, obj: Text | None = None) -> bool:
        """The next loading of the seeds would bring it back."""
        return False

    def save_model(self, request: HttpRequest, obj: Text, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        unheard = _placeholders(obj) - _placeholders_elsewhere(obj)
        if unheard:
            messages.warning(
                request,
                _("没有其他文本使用这些占位符，请核对拼写，写错的占位符发出时为空：%(names)s")
                % {"names": str(_("、")).join(sorted(unheard))},
            )


def _placeholders(text: Text) -> set[str]:
    return set(rendering.names_in(text.subject) + rendering.names_in(text.body))


def _placeholders_elsewhere(text: Text) -> set[str]:
    others = Text.objects.exclude(pk=text.pk).only("subject", "body")
    return set().union(*(_placeholders(other) for other in others))


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Read only: a message is what was said. What failed may be given another try."""

    list_display = ("created_at", "key", "channel", "to", "case", "state", "attempts", "error")
    list_filter = ("state", "channel")
    search_fields = ("=case", "=address")
    search_help_text = _("按办件号或手机号查找")
    list_select_related = ("recipient",)
    ordering = ("-id",)
    show_full_result_count = False
    actions = ("send_again",)
    fields = (
        "created_at", "key", "channel", "to", "subject", "text", "case", "state", "attempts",
        "next_try_at", "sent_at", "read_at", "carrier_id", "error",
    )  # fmt: skip

    @admin.display(description=_("收件人"))
    def to(self, message: Message) -> str:
        if message.channel == Channel.INBOX:
            return str(message.recipient)
        return masked(message.address)

    @admin.display(description=_("正文"))
    def text(self, message: Message) -> str:
        return str(_("（保密）")) if message.secret else with_mobiles_masked(message.body)

    @admin.action(description=_("重新发送（仅限失败或过期的消息）"), permissions=["view"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[Message]) -> None:
        # The list comes ordered and joined, which an UPDATE refuses.
        again = requeue(Message.objects.filter(pk__in=chosen.values("pk")), timezone.now())
        nudge.nudge()
        said = ngettext("已将 %(n)d 条消息重新排队。", "已将 %(n)d 条消息重新排队。", again)
        self.message_user(request, said % {"n": again})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False
