from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone

from waterdesk.web.tasks import tidy

pytestmark = pytest.mark.django_db


def test_expired_sessions_and_old_sign_in_logs_go_and_the_others_stay():
    now = timezone.now()
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, expire_date=now + timedelta(days=days))
    for name, days in (("half-a-year", 180), ("a-year", 365)):
        log = AccessLog.objects.create(username=name)
        AccessLog.objects.filter(pk=log.pk).update(attempt_time=now - timedelta(days=days))
    tidy()
    tidy()
    assert [s.session_key for s in Session.objects.all()] == ["new"]
    assert [log.username for log in AccessLog.objects.all()] == ["half-a-year"]
