"""Subscribers in the admin. Their deliveries are on /desk/results/."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from notifications.results import topics
from notifications.results.models import Subscriber


class SubscriberForm(forms.ModelForm):
    """Topics are chosen from those that exist; the secret is named, never entered."""

    topics = forms.MultipleChoiceField(label=_("主题"), widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Subscriber
        fields = ("code", "name", "url", "secret", "topics", "active", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = topics.known()
        # What it was subscribed to stays choosable, also when nobody queues it any more.
        gone = {code: code for code in self.instance.topics or [] if code not in known}
        choices = [(code, f"{code} · {label}") for code, label in {**known, **gone}.items()]
        self.fields["topics"].choices = choices

    def clean_secret(self) -> str:
        name = self.cleaned_data["secret"]
        if name not in settings.RESULTS_SECRETS:
            raise forms.ValidationError(
                _("环境变量 RESULTS_SECRET_%(name)s 尚未设置。") % {"name": name}
            )
        return name


@admin.register(Subscriber)
class SubscriberAdmin(admin.ModelAdmin):
    """Who is told of results. A subscriber is switched off, not deleted: what was sent stays."""

    form = SubscriberForm
    list_display = ("name", "code", "url", "active", "gone_at")
    list_filter = ("active",)
    search_fields = ("code", "name")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Subscriber | None = None
    ) -> tuple[str, ...]:
        return () if obj is None else ("gone_at",)

    def save_model(self, request: HttpRequest, obj: Subscriber, form: Any, change: bool) -> None:
        """Who switches it on again says that it is there again."""
        if obj.active:
            obj.gone_at = None
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Subscriber | None = None) -> bool:
        return False
