"""Photographs of a pause: the field they come in by, and the address they are looked at under."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from waterdesk.core.flow import MOST_PHOTOS
from waterdesk.core.serving import photo_of
from waterdesk.web.access import desk_only, find


class Photos(forms.FileInput):
    """One input a photograph: a phone opens its camera for each, and takes one at a time.

    Needs no script; what is not used stays empty. Values come as request.FILES.getlist(name).
    """

    def __init__(self) -> None:
        super().__init__({"accept": "image/*", "capture": "environment"})

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        given = attrs or {}
        rendered = [super().render(name, None, given, renderer)]
        for place in range(2, MOST_PHOTOS + 1):
            more = {key: text for key, text in given.items() if key != "required"}
            more["aria-label"] = _("第 %(place)d 张照片") % {"place": place}
            if "id" in given:
                more["id"] = f"{given['id']}-{place}"
            rendered.append(super().render(name, None, more, renderer))
        inputs = format_html_join("", "{}", ((each,) for each in rendered))
        return format_html('<span class="photo-inputs">{}</span>', inputs)


@require_safe
@desk_only
def photo(request: HttpRequest, number: str, digest: str) -> FileResponse:
    """One photograph of a case that this person may see; ?small is its thumbnail."""
    return photo_of(find(request, number), digest, small="small" in request.GET)
