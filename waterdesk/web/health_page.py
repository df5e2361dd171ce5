"""/healthz: whether the desk keeps its promises right now, for machines that watch it."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from waterdesk.core import health


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503; the body says which part is not. Needs no account."""
    findings = health.report(timezone.now())
    return JsonResponse(findings, status=200 if health.is_well(findings) else 503)
