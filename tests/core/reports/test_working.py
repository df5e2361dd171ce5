"""Making reports: whole files with their hash, killed workers, faults, and the count of today."""

from __future__ import annotations

import hashlib
import os

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError

from notifications.models import Message
from tests.core.reports.making import asked, finished, made_of
from tests.factories import DAY, MINUTE, MONDAY_0900, staff
from waterdesk.core.errors import Conflict
from waterdesk.core.models import Report
from waterdesk.core.reports import files, working
from waterdesk.core.reports.working import AGAIN, LEASE, TRIES, Made

pytestmark = pytest.mark.django_db
State = Report.State


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_DIR = tmp_path


def killed(_report, _progress):
    """A worker that is gone in the middle."""
    raise SoftTimeLimitExceeded


def broken(_report, _progress):
    raise ZeroDivisionError


def parts_left():
    return list(files.folder().glob("*.part"))


def anew(report):
    return Report.objects.get(pk=report.pk)


def test_a_report_is_kept_with_the_hash_of_its_files():
    report = finished(make=made_of({"a": 1}, pdf=b"%PDF-1", xlsx=b"PK-2"))
    assert report.state == State.READY
    assert report.pdf == hashlib.sha256(b"%PDF-1").hexdigest()
    assert (report.pdf_size, report.xlsx_size, report.figures) == (6, 4, {"a": 1})
    with files.opened(report.xlsx, "xlsx") as file:
        assert file.read() == b"PK-2"
    assert parts_left() == []


def test_a_file_that_somebody_changed_is_refused():
    report = finished()
    files.path_of(report.pdf, "pdf").write_bytes(b"%PDF-forged")
    with pytest.raises(Conflict):
        files.opened(report.pdf, "pdf")


def test_a_file_that_is_gone_is_refused():
    report = finished()
    files.path_of(report.xlsx, "xlsx").unlink()
    with pytest.raises(Conflict):
        files.opened(report.xlsx, "xlsx")


def test_whoever_is_killed_half_way_is_followed_by_the_next():
    report = asked()
    with pytest.raises(SoftTimeLimitExceeded):
        working.work(MONDAY_0900, killed)
    assert anew(report).state == State.MAKING
    assert working.work(MONDAY_0900 + MINUTE, made_of()) == 0
    assert working.work(MONDAY_0900 + LEASE + MINUTE, made_of()) == 1
    assert (anew(report).state, anew(report).tries) == (State.READY, 2)


def test_killed_in_the_middle_of_a_file_leaves_no_half_of_one():
    def half(file):
        file.write(b"PK")
        raise SoftTimeLimitExceeded

    report = asked()
    with pytest.raises(SoftTimeLimitExceeded):
        working.work(MONDAY_0900, lambda *_: Made({}, lambda f: f.write(b"%PDF"), half))
    assert parts_left() == []
    assert not list(files.folder().rglob("*.xlsx"))
    assert (anew(report).pdf, anew(report).made_at) == ("", None)


def test_what_a_dead_worker_left_is_cleared_away_after_a_while():
    finished()
    left = files.folder() / "of-a-dead-one.part"
    left.write_bytes(b"half")
    assert files.tidy(os.stat(left).st_mtime - 1) == 0
    assert files.tidy(os.stat(left).st_mtime + 1) == 1
    assert parts_left() == []


def test_killed_again_and_again_it_says_that_it_cannot_be_made():
    report, at = asked(), MONDAY_0900
    for _try in range(TRIES):
        with pytest.raises(SoftTimeLimitExceeded):
            working.work(at, killed)
        at += LEASE + MINUTE
    assert working.work(at, made_of()) == 0
    assert anew(report).state == State.FAILED


def test_a_fault_is_tried_again_and_then_said_and_holds_up_nobody():
    report, other, at = asked(), asked(area="east"), MONDAY_0900

    def make(each, progress):
        return {report.pk: broken}.get(each.pk, made_of())(each, progress)

    for _try in range(TRIES):
        working.work(at, make)
        at += AGAIN + MINUTE
    assert (anew(report).state, anew(other).state) == (State.FAILED, State.READY)
    assert asked().version == 2


def test_one_who_comes_back_too_late_does_not_write_over_the_next():
    report = asked()

    def slow(each, progress):
        working.work(MONDAY_0900 + LEASE + MINUTE, made_of({"by": "next"}))
        return made_of({"by": "slow"})(each, progress)

    working.work(MONDAY_0900, slow)
    assert anew(report).figures == {"by": "next"}
    assert Message.objects.filter(key="report.ready").count() == 1


def test_progress_is_written_as_it_is_made():
    seen = []

    def make(report, progress):
        progress(25)
        seen.append(anew(report).progress)
        return made_of()(report, progress)

    report = finished(make=make)
    assert (seen, report.progress) == ([25], 100)


def test_half_a_report_cannot_be_written_at_all():
    report = asked()
    with pytest.raises(IntegrityError):
        Report.objects.filter(pk=report.pk).update(made_at=MONDAY_0900, pdf="a" * 64)


def test_what_was_corrected_since_is_said_and_the_hash_stays():
    report = finished()
    assert working.recount(MONDAY_0900 + DAY, lambda _report: 3) == 1
    assert (anew(report).differs, anew(report).pdf) == (3, report.pdf)
    assert working.recount(MONDAY_0900 + 2 * DAY, lambda _report: 0) == 0
    assert anew(report).differs == 0


def test_only_the_newest_version_of_what_is_not_long_ago_is_counted_again():
    first = finished()
    second = finished()
    counted = []
    working.recount(MONDAY_0900, lambda report: counted.append(report.pk) or 0)
    assert counted == [second.pk]
    assert second.pk != first.pk
    working.recount(MONDAY_0900 + 120 * DAY, lambda report: counted.append(report.pk) or 0)
    assert counted == [second.pk]


def test_whoever_asked_is_told_and_gets_a_link_and_no_file():
    person = staff("supervisor")
    report = finished(by=person)
    told = Message.objects.get(key="report.ready", recipient=person)
    assert f"/desk/oversight/reports/{report.pk}/" in told.body
