"""/desk/lists/whole/: any list of the desk as a file without masks, for a reason that is recorded.

The page of a list posts its own address and the reason here; the list itself makes the file.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from waterdesk.core.errors import Invalid, NotAllowed
from waterdesk.core.results import READERS, REASON_LENGTH
from waterdesk.web.access import desk_only

DESK = "/desk/"


class WholeForm(forms.Form):
    """Of which list, and why."""

    of = forms.CharField(max_length=2000, widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=REASON_LENGTH, strip=True)


@never_cache
@require_POST
@desk_only
def whole(request: HttpRequest) -> HttpResponse:
    """The file, or back to the list with what is missing. Raises NotAllowed for who may not."""
    if request.user.role not in READERS:
        raise NotAllowed
    form = WholeForm(request.POST)
    parts = urlsplit(request.POST.get("of", ""))
    if parts.scheme or parts.netloc or not parts.path.startswith(DESK):
        raise Invalid
    if not form.is_valid():
        messages.error(request, _("请填写理由。"))
        return redirect(f"{parts.path}?{parts.query}")
    try:
        found = resolve(parts.path)
    except Resolver404:
        raise Invalid from None
    request.whole_reason = form.cleaned_data["reason"]
    request.method, request.GET, request.POST = "GET", QueryDict(parts.query), QueryDict()
    answer = found.func(request, *found.args, **found.kwargs)
    if not getattr(answer, "is_list", False):
        raise Invalid
    return answer
