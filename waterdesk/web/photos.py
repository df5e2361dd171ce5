"""Photographs of a case: the field they come in by, and the address they are looked at under."""

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
from waterdesk.web.kept_photos import Kept, field_name


class Photos(forms.FileInput):
    """One input a photograph: a phone opens its camera for each, and takes one at a time.

    Needs no script; what is not used stays empty. Values come as request.FILES.getlist(name).
    """

    def __init__(self) -> None:
        super().__init__({"accept": "image/*", "capture": "environment", "data-photo": ""})
        self.kept: list[Kept] = []

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        given = attrs or {}
        further = {key: text for key, text in given.items() if key != "required"}
        rendered = [self._kept(name)] if self.kept else []
        first = further if self.kept else given
        rendered.append(super().render(name, None, first, renderer))
        for place in range(2, MOST_PHOTOS + 1 - len(self.kept)):
            more = dict(further)
            more["aria-label"] = _("第 %(place)d 张照片") % {"place": place}
            if "id" in given:
                more["id"] = f"{given['id']}-{place}"
            rendered.append(super().render(name, None, more, renderer))
        inputs = format_html_join("", "{}", ((each,) for each in rendered))
        return format_html('<span class="photo-inputs">{}</span>', inputs)

    def _kept(self, name: str) -> SafeString:
        """Those of the try before, each with a tick that may be taken away."""
        shown = format_html_join(
            "",
            '<label class="photo-kept"><input type="checkbox" name="{}" value="{}" checked>'
            '<img src="{}" width="72" height="72" alt="{}"></label>',
            (
                (field_name(name), each.token, each.url, _("已保留的第 %(n)d 张照片") % {"n": n})
                for n, each in enumerate(self.kept, 1)
            ),
        )
        said = _("已保留，不用重拍；不要的去掉勾选。")
        return format_html('<span class="photos">{}</span><span>{}</span>', shown, said)


@require_safe
@desk_only
def photo(request: HttpRequest, number: str, digest: str) -> FileResponse:
    """One photograph of a case that this person may see; ?small is its thumbnail."""
    return photo_of(find(request, number), digest, small="small" in request.GET)
