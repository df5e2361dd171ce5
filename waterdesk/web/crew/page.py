"""/desk/crew/: my jobs on a phone; page, data and service worker.

The page itself holds nobody's jobs: a script fetches them, keeps them on the phone and sends what
was done there, in order, when the network is back. Without a script there is /desk/jobs/.
"""

from __future__ import annotations

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from waterdesk.core import policy as policies
from waterdesk.core.flow import MOST_PHOTOS
from waterdesk.core.pictures import MEGABYTE, MOST_BYTES
from waterdesk.web import jobs
from waterdesk.web.access import desk_only
from waterdesk.web.crew import telling

WORKER = "web/crew/worker.js"


@require_safe
@desk_only
def page(request: HttpRequest) -> HttpResponse:
    context = {
        "most_photos": MOST_PHOTOS,
        "most_bytes": MOST_BYTES,
        "most_megabytes": MOST_BYTES // MEGABYTE,
    }
    return render(request, "web/crew/page.html", context)


@require_safe
@never_cache
@desk_only
def data(request: HttpRequest) -> JsonResponse:
    """The jobs of whoever asks, the desk's time in milliseconds, and the token of the next POST."""
    rules = policies.current()
    mine = jobs.lines(request.user, request, rules)
    return JsonResponse(
        {
            "now": int(request.now.timestamp() * 1000),
            "csrf": get_token(request),
            "user": request.user.username,
            "jobs": [telling.job(line, request.user, rules) for line in mine],
        }
    )


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: from this address, so that it reaches the page and nothing else."""
    path = finders.find(WORKER)
    if path:
        with open(path, encoding="utf-8") as file:
            script = file.read()
    elif staticfiles_storage.exists(WORKER):
        script = staticfiles_storage.open(WORKER).read().decode()
    else:
        raise Http404
    answer = HttpResponse(script, content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer
