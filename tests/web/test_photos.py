"""Photographs of a pause on the pages: sent with a form, looked at by whom they concern."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from rest_framework.authtoken.models import Token

from tests.factories import customer, open_application, open_ticket, staff
from tests.photographs import bomb, exif, taken, upload
from tests.web.desk import HOUR, MINUTE, NOW, as_role, client_of, seen_in, text_of
from waterdesk.core import door, media
from waterdesk.core.models import Photo
from waterdesk.core.pictures import MOST_BYTES
from waterdesk.web.uploads import MOST

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]


@pytest.fixture
def case():
    return open_application(at=NOW - HOUR)


def page_of(case):
    return f"/desk/cases/{case.number}/"


def pause(client, case, *photos, **given):
    seen = seen_in(client.get(page_of(case)), "pause")
    given = {"seen": seen, "reason": "site-not-ready", "photos": list(photos)} | given
    return client.post(page_of(case) + "moves/pause/", given)


def add(client, case, *photos, **given):
    seen = seen_in(client.get(page_of(case)), "add_photos")
    given = {"seen": seen, "pause": "1", "photos": list(photos)} | given
    return client.post(page_of(case) + "moves/add_photos/", given)


def address(case, photo):
    return f"/desk/cases/{case.number}/photos/{photo.digest}/"


def test_the_form_asks_a_phones_camera_for_up_to_three(case):
    page = as_role("clerk").get(page_of(case)).content.decode()
    form = page[page.index("/moves/pause/") :].split("</form>")[0]
    assert 'enctype="multipart/form-data"' in form
    inputs = re.findall(r'<input[^>]*type="file"[^>]*>', form)
    assert len(inputs) == 3
    assert all('accept="image/*"' in tag and "capture=" in tag for tag in inputs)
    ids = re.findall(r'id="([^"]+)"', "".join(inputs))
    assert len(set(ids)) == 3


def test_a_pause_with_photographs_shows_them_small_and_says_what_they_claim(case):
    clerk = as_role("clerk")
    answer = pause(clerk, case, upload(taken(exif=exif())), upload(taken(colour="blue")))
    assert answer.status_code == 302
    response = clerk.get(page_of(case))
    page = response.content.decode()
    for photo in Photo.objects.all():
        [tag] = re.findall(rf'<img src="{address(case, photo)}\?small"[^>]*>', page)
        assert 'loading="lazy"' in tag
        assert re.search(r'alt="停表照片 \d：用户现场不具备条件"', tag)
    text = text_of(response)
    assert "自称摄于 今天 09:30" in text
    assert "自称位置 27.827500, 113.150000" in text
    assert "照片 2 张" in text


def test_one_is_added_to_the_newest_pause_which_is_chosen_already(case):
    clerk = as_role("clerk")
    pause(clerk, case)
    forms = clerk.get(page_of(case)).context["forms"]
    form = next(form for form in forms if form.move.action == "add_photos")
    assert form.form["pause"].value() == "1"
    assert add(clerk, case, upload()).status_code == 302
    assert Photo.objects.get().author == staff("clerk")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"MZ this is a program", "不是完整的照片"),
        (taken((400, 400))[:3000], "不是完整的照片"),
        (bomb(30000, 30000), "40 百万像素"),
        (taken() + b"\0" * MOST_BYTES, "10 MB"),
    ],
)
def test_what_is_no_photograph_is_refused_at_its_field_and_the_words_stay(case, data, said):
    clerk = as_role("clerk")
    typed = {"document": "停 7 号", "note": "沟槽还没回填"}
    answer = pause(clerk, case, upload(data, name="right.jpg"), **typed)
    assert answer.status_code == 400
    form = next(form for form in answer.context["forms"] if form.open)
    assert said in form.form.errors["photos"][0]
    assert "照片没有保存，请重新选择。" in form.form.errors["photos"]
    assert {name: form.form[name].value() for name in typed} == typed
    assert form.form["reason"].value() == "site-not-ready"
    case.refresh_from_db()
    assert (case.paused_reason, Photo.objects.count()) == ("", 0)


def test_a_refusal_for_another_reason_keeps_the_photographs(case):
    clerk = as_role("clerk")
    answer = pause(clerk, case, upload(), until="2020-01-01")
    form = next(form for form in answer.context["forms"] if form.open)
    assert "photos" not in form.form.errors
    kept = form.form.fields["photos"].widget.kept
    assert not Photo.objects.exists()
    pause(clerk, case, **{"photos-kept": [each.token for each in kept]})
    assert Photo.objects.get().pause == case.pauses.get()


def test_a_stale_form_adds_nothing(case):
    clerk = as_role("clerk")
    pause(clerk, case)
    assert add(clerk, case, upload(), seen="1").status_code == 409
    assert not Photo.objects.exists()


def test_a_photograph_is_handed_out_as_what_it_is_and_for_no_shared_cache(case):
    clerk = as_role("clerk")
    pause(clerk, case, upload(taken((800, 600))))
    photo = Photo.objects.get()
    answer = clerk.get(address(case, photo))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith(f'inline; filename="{case.number}-')
    assert "private" in answer["Cache-Control"]
    assert Image.open(io.BytesIO(b"".join(answer))).size == (800, 600)
    small = clerk.get(address(case, photo) + "?small")
    assert Image.open(io.BytesIO(b"".join(small))).size == (320, 240)


def test_who_does_not_see_the_case_does_not_see_its_photographs(case):
    pause(as_role("clerk"), case, upload())
    url = address(case, Photo.objects.get())
    assert as_role("lead", "west").get(url).status_code == 404
    assert client_of(customer()).get(url).status_code == 403
    assert Client().get(url).status_code == 302


def test_nor_is_it_found_under_the_number_of_another_case(case):
    clerk = as_role("clerk")
    pause(clerk, case, upload())
    other = open_ticket(at=NOW - HOUR)
    photo = Photo.objects.get()
    assert clerk.get(address(other, photo)).status_code == 404
    unknown = address(case, photo).replace(photo.digest, "0" * 64)
    assert clerk.get(unknown).status_code == 404
    assert clerk.get(f"/desk/cases/{case.number}/photos/..%2Fsecret/").status_code == 404


def test_a_file_that_is_gone_is_not_found(case):
    clerk = as_role("clerk")
    pause(clerk, case, upload(taken(colour="purple")))
    photo = Photo.objects.get()
    media.path_of(photo.digest).unlink()
    assert clerk.get(address(case, photo)).status_code == 404


def test_the_customer_reads_of_the_pause_but_sees_no_photograph(case):
    pause(as_role("clerk"), case, upload())
    page = client_of(customer()).get(f"/track/{case.number}/").content.decode()
    assert "用户现场不具备条件" in page
    assert Photo.objects.get().digest not in page


def test_of_somebody_who_may_not_send_any_nothing_is_kept(case, settings, tmp_path):
    pause(as_role("clerk"), case)
    settings.MEDIA_DIR = tmp_path
    case.refresh_from_db()
    sent = {"seen": case.version, "pause": "1", "photos": [upload()]}
    mine = client_of(customer()).post(f"/track/{case.number}/moves/add_photos/", sent)
    watcher = as_role("supervisor").post(
        page_of(case) + "moves/add_photos/", sent | {"photos": [upload()]}
    )
    assert (mine.status_code, watcher.status_code) == (403, 403)
    assert list(tmp_path.iterdir()) == []


def test_a_request_that_brings_too_much_is_refused_while_it_is_read(case):
    clerk = as_role("clerk")
    huge = SimpleUploadedFile("huge.jpg", b"\0" * (MOST + 1), "image/jpeg")
    answer = pause(clerk, case, huge)
    assert answer.status_code == 400
    case.refresh_from_db()
    assert case.paused_reason == ""


def test_the_page_asks_as_many_questions_for_three_photographs_as_for_one(case):
    clerk, counts = as_role("clerk"), []
    pause(clerk, case, upload())
    for more in ((), (upload(taken(colour="blue")), upload(taken(colour="green")))):
        [add(clerk, case, *more) for _ in more[:1]]
        clerk.get(page_of(case))
        with CaptureQueriesContext(connection) as queries:
            clerk.get(page_of(case))
        counts.append(len(queries))
    assert Photo.objects.count() == 3
    assert counts[0] == counts[1]


# --- by the API ----------------------------------------------------------------------------------
def api(user):
    token = Token.objects.get_or_create(user=user)[0].key
    return Client(headers={"Authorization": f"Token {token}"})


@pytest.fixture
def paused(case):
    changes = {"reason": "site-not-ready"}
    at = NOW - 30 * MINUTE
    return door.move(case.number, "pause", actor=staff("clerk"), at=at, changes=changes)


def test_the_api_takes_photographs_for_a_pause_and_hands_them_out(paused):
    clerk = api(staff("clerk"))
    base = f"/api/v1/applications/{paused.number}/"
    answer = clerk.post(f"{base}pauses/1/photos/", {"photos": [upload(taken(exif=exif()))]})
    assert answer.status_code == 201
    [told] = answer.json()[0]["photos"]
    assert (told["latitude"], told["taken_at"]) == ("27.827500", "2026-11-16T09:30:00+08:00")
    for accept in ("*/*", "image/jpeg"):
        picture = clerk.get(f"{base}photos/{told['digest']}/", headers={"Accept": accept})
        assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
        assert Image.open(io.BytesIO(b"".join(picture))).size == (60, 40)
    mine = api(customer())
    assert mine.get(f"{base}photos/{told['digest']}/").status_code == 404
    assert mine.get(f"{base}pauses/").json()[0]["photos"] == []


@pytest.mark.parametrize("place", ["2", "0", "999999"])
def test_the_api_refuses_a_pause_that_is_not_there(paused, place):
    url = f"/api/v1/applications/{paused.number}/pauses/{place}/photos/"
    answer = api(staff("clerk")).post(url, {"photos": [upload()]})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"pause"})


def test_the_api_refuses_what_is_no_photograph_and_who_may_not(paused):
    url = f"/api/v1/applications/{paused.number}/pauses/1/photos/"
    answer = api(staff("clerk")).post(url, {"photos": [upload(b"MZ")]})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"photos"})
    assert api(staff("clerk")).post(url, {}).status_code == 400
    assert api(staff("clerk")).post(url, {"photos": [upload()], "seen": 1}).status_code == 409
    assert api(customer()).post(url, {"photos": [upload()]}).status_code == 403
    assert api(staff("lead", "west")).post(url, {"photos": [upload()]}).status_code == 404
    assert not Photo.objects.exists()
