"""What gunicorn serves."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waterdesk.settings")

application = get_wsgi_application()

# What was made in starting lives as long as the process, and a request leaves few cycles behind:
# looking through all of it every few requests took eight of a hundred parts of their time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 100)
