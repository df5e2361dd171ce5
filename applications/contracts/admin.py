"""Templates of contracts in the admin, and the contracts themselves to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.contracts import wording
from applications.models import Contract, ContractTemplate
from waterdesk.core.admin import ReadOnly


@admin.register(ContractTemplate)
class ContractTemplateAdmin(admin.ModelAdmin):
    """A version that contracts were made of can only be ended; another version takes over."""

    list_display = ("title", "code", "version", "effective_from", "effective_until")
    list_filter = ("code",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        names = "、".join(f"{{{name}}}" for name in wording.NAMES)
        about = _("占位符：%(names)s。已生成合同的版本不能再改，请另建新版本。") % {"names": names}
        return [(None, {"fields": self.get_fields(request, obj), "description": about})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or not obj.contracts.exists():
            return ()
        return tuple(
            field.name
            for field in ContractTemplate._meta.fields
            if field.name not in ("id", "effective_until", "remind_days")
        )


@admin.register(Contract)
class ContractAdmin(ReadOnly):
    list_display = ("number", "state", "made_at", "signed_at", "reminded")
    list_filter = ("state",)
    search_fields = ("number",)
    exclude = ("key",)
    show_full_result_count = False
