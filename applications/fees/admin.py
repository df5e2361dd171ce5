"""Fee rules in the admin, refused where they could not stand; quotes and payments are read."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.fees.standing import faults_with, faults_without
from applications.models import FeePrice, FeeWaiver, Payment, Quote
from waterdesk.core.admin import Configuration, ReadOnly


class FeeForm(forms.ModelForm):
    """Refuses a rule that ties with another or names what nobody knows, naming the row."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.errors:
            return
        for fault in faults_with(self.instance):
            self.add_error(fault.field if fault.field in self.fields else None, str(fault))


class FeeAdmin(Configuration):
    form = FeeForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        about = _("已保存的报价抄下当时的规则：这里的修改只对此后的报价生效。")
        return [(None, {"fields": self.get_fields(request, obj), "description": about})]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Refuse, one or many, what another rule names: it stands among the protected."""
        gone, counts, perms, protected = super().get_deleted_objects(objs, request)
        faults = faults_without(self.model, [each.pk for each in objs])
        return gone, counts, perms, [*protected, *map(str, faults)]


@admin.register(FeePrice)
class FeePriceAdmin(FeeAdmin):
    list_display: ClassVar[list[str]] = [
        "name",
        "code",
        "side",
        "price",
        "unit",
        "version",
        "source",
    ]
    list_filter: ClassVar[list[str]] = ["side", "code"]


@admin.register(FeeWaiver)
class FeeWaiverAdmin(FeeAdmin):
    list_display: ClassVar[list[str]] = ["name", "code", "side", "waives", "version", "source"]
    list_filter: ClassVar[list[str]] = ["side", "code"]


@admin.register(Quote)
class QuoteAdmin(ReadOnly):
    list_display: ClassVar[list[str]] = ["case", "version", "total", "waived", "made_at", "made_by"]
    list_select_related: ClassVar[list[str]] = ["case", "made_by"]


@admin.register(Payment)
class PaymentAdmin(ReadOnly):
    list_display: ClassVar[list[str]] = [
        "reference", "case", "amount", "side", "method", "paid_at", "received_by",
    ]  # fmt: skip
    list_select_related: ClassVar[list[str]] = ["case", "received_by"]
    search_fields: ClassVar[list[str]] = ["reference"]
