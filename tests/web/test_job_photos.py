"""A photograph with a job on the pages: kept when the form is refused, shown to the staff."""

from __future__ import annotations

import re

import pytest

from tests.factories import customer, open_application, staff
from tests.photographs import exif, taken, upload
from tests.web.desk import HOUR, MINUTE, NOW, as_role, client_of, seen_in, text_of
from waterdesk.core import door
from waterdesk.core.models import Photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

JOBS = "/desk/jobs/"
KEPT = re.compile(r'<input type="checkbox" name="photo-kept" value="([^"]+)" checked>')


@pytest.fixture
def crew():
    return staff("field", "east", name="wang")


@pytest.fixture
def case(crew):
    case, lead = open_application(at=NOW - HOUR), staff("lead", "east")
    sent, meter = {"handler": crew.username}, {"meter_number": "SB-1"}
    door.move(case.number, "assign", actor=lead, at=NOW - HOUR, changes=sent)
    door.move(case.number, "survey", actor=crew, at=NOW - 40 * MINUTE)
    return door.move(case.number, "install", actor=crew, at=NOW - 20 * MINUTE, changes=meter)


def turn_on(client, case, **given):
    given = {"seen": seen_in(client.get(JOBS), "water_on")} | given
    return client.post(f"{JOBS}{case.number}/moves/water_on/", given)


def refused(client, case, **given):
    """The answer to a pressure that is no number, with a photograph."""
    answer = turn_on(client, case, pressure_mpa="很高", **given)
    assert answer.status_code == 400
    return answer


def kept(answer):
    return KEPT.findall(answer.content.decode())


def test_the_telephone_opens_its_camera_for_the_water(case, crew):
    page = client_of(crew).get(JOBS).content.decode()
    form = page[page.index("/moves/water_on/") :].split("</form>")[0]
    first = re.search(r'<input[^>]*type="file"[^>]*>', form)[0]
    assert 'name="photo"' in first
    assert 'capture="environment"' in first
    assert "required" not in first


def test_the_photograph_stands_on_the_page_of_the_case(case, crew):
    assert turn_on(client_of(crew), case, photo=upload(taken(exif=exif()))).status_code == 302
    photo = Photo.objects.get()
    response = as_role("clerk").get(f"/desk/cases/{case.number}/")
    address = f"/desk/cases/{case.number}/photos/{photo.digest}/"
    assert f'<img src="{address}?small"' in response.content.decode()
    assert 'alt="现场照片 1：通水"' in response.content.decode()
    assert "通水现场照片 1 张" in text_of(response)
    assert as_role("clerk").get(address).status_code == 200


def test_a_photograph_is_kept_when_another_field_is_refused(case, crew):
    client = client_of(crew)
    answer = refused(client, case, photo=upload())
    [token] = kept(answer)
    assert "照片没有保存" not in text_of(answer)
    small = client.get(f"/desk/cases/{case.number}/photos/kept/{token}/")
    assert (small["Content-Type"], b"".join(small)[:2]) == ("image/jpeg", b"\xff\xd8")
    again = turn_on(client, case, pressure_mpa="0.3", **{"photo-kept": token})
    assert again.status_code == 302
    assert Photo.objects.get().case_id == case.pk


def test_it_stays_kept_when_the_next_try_is_refused_as_well_and_another_joins_it(case, crew):
    client = client_of(crew)
    first = kept(refused(client, case, photo=upload()))
    both = kept(refused(client, case, photo=upload(taken(colour="blue")), **{"photo-kept": first}))
    assert len(both) == 2
    turn_on(client, case, pressure_mpa="0.3", **{"photo-kept": both})
    assert case.photos.count() == 2


def test_what_is_no_longer_ticked_does_not_come_along(case, crew):
    client = client_of(crew)
    refused(client, case, photo=upload())
    turn_on(client, case, pressure_mpa="0.3")
    assert case.photos.count() == 0


def test_anothers_or_a_forged_one_is_passed_over(case, crew):
    client = client_of(crew)
    [token] = kept(refused(client, case, photo=upload()))
    address = f"/desk/cases/{case.number}/photos/kept/"
    assert as_role("clerk").get(f"{address}{token}/").status_code == 404
    assert client.get(f"{address}{token}x/").status_code == 404
    assert client_of(customer()).get(f"{address}{token}/").status_code in (302, 403, 404)
    turn_on(client, case, **{"photo-kept": [f"{token}x", "nonsense"]})
    assert case.photos.count() == 0
