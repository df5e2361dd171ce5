"""What a phone takes along, what it tells, and what leads decide of it."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import open_application, staff
from tests.photographs import bomb, upload
from tests.web.desk import HOUR, MINUTE, NOW, as_role, client_of, dispatched, inline_in, text_of
from waterdesk.core import door
from waterdesk.core.models import CrewAction, Photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

PAGE, DATA, TIMES = "/desk/crew/", "/desk/crew/jobs.json", "/desk/late/"
ACTIONS = "/api/v1/crew/actions/"


@pytest.fixture
def worker():
    return staff("field", "east-1", name="wang", phone="13800000012")


def said(case, action="arrive", at=NOW - 5 * MINUTE, **more):
    shown = {"at": at.isoformat(), "sent": NOW.isoformat(), "offset_ms": 0}
    return {"id": str(UUID(int=1)), "case": case.number, "action": action} | shown | more


def tell(person, body):
    return client_of(person).post(ACTIONS, json.dumps(body), content_type="application/json")


def tell_with(person, body, **files):
    return client_of(person).post(ACTIONS, {"action": json.dumps(body)} | files)


def test_the_page_holds_nobodys_jobs_and_the_data_only_ones_own(worker):
    ticket = dispatched(worker)
    dispatched(staff("field", "east-1", name="other"), phone="13900000001")
    client = client_of(worker)
    page = client.get(PAGE)
    assert ticket.number not in text_of(page)
    assert inline_in(page) == []
    told = client.get(DATA).json()
    assert [job["number"] for job in told["jobs"]] == [ticket.number]
    assert (told["user"], told["now"]) == ("wang", int(NOW.timestamp() * 1000))


def test_a_job_brings_the_moves_that_follow_along(worker):
    dispatched(worker)
    (job,) = client_of(worker).get(DATA).json()["jobs"]
    moves = {move["action"]: move for move in job["moves"]}
    assert set(moves) == {"accept", "decline", "arrive", "contain", "finish", "photograph"}
    assert (next(iter(moves)), moves["accept"]["before"]) == ("accept", ["dispatched"])
    assert (moves["contain"]["before"], moves["contain"]["after"]) == (["on_site"], "contained")
    assert [field["name"] for field in moves["finish"]["fields"]] == [
        "result", "material", "signature", "code",
    ]  # fmt: skip


def test_jobs_of_applications_come_along(worker):
    case = open_application(at=NOW - HOUR)
    changes = {"handler": worker.username}
    door.move(case.number, "assign", actor=staff("lead"), at=NOW - HOUR, changes=changes)
    (job,) = client_of(worker).get(DATA).json()["jobs"]
    assert (job["number"], job["moves"][0]["action"]) == (case.number, "survey")


def test_the_way_there_says_which_coordinates_it_means(worker):
    dispatched(worker, lat=27.8275, lon=113.15)
    (job,) = client_of(worker).get(DATA).json()["jobs"]
    assert job["routes"]["geo"] == "geo:27.8275,113.15?q=27.8275,113.15"
    assert "coordinate=wgs84" in job["routes"]["amap"]


def test_a_case_without_a_place_is_looked_for_by_its_address(worker):
    dispatched(worker)
    (job,) = client_of(worker).get(DATA).json()["jobs"]
    assert job["routes"]["geo"] == ""
    assert job["routes"]["amap"].startswith("https://uri.amap.com/search?keyword=")


def test_told_ten_times_it_happens_once(worker):
    ticket = dispatched(worker)
    answers = [tell(worker, said(ticket)) for _ in range(10)]
    assert [answer.status_code for answer in answers] == [201] + [200] * 9
    assert {answer.json()["made_at"] for answer in answers} == {answers[0].json()["made_at"]}
    assert ticket.events.get(action="arrive").at == NOW - 5 * MINUTE


def test_a_refusal_is_told_as_such_and_again(worker):
    ticket = dispatched(worker)
    first, again = (tell(worker, said(ticket, "contain")) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["accepted"], again.json()["accepted"]) == (False, False)
    assert first.json()["refusal"]["code"] == "conflict"


def test_photographs_go_beside_the_action(worker):
    ticket = dispatched(worker)
    answer = tell_with(worker, said(ticket, "photograph"), photos=upload())
    assert (answer.status_code, answer.json()["accepted"]) == (201, True)
    assert ticket.photos.get().action == "photograph"


@pytest.mark.parametrize(
    "data", [b"<script>alert(1)</script>", bomb(20_001, 10), bomb(20_001, 20_001), b"\xff\xd8\xff"]
)
def test_what_is_no_photograph_is_refused_and_never_kept(worker, data):
    ticket = dispatched(worker)
    sent = SimpleUploadedFile("p.jpg", data, "image/jpeg")
    answer = tell_with(worker, said(ticket, "photograph"), photos=sent)
    assert (answer.json()["accepted"], list(answer.json()["refusal"]["fields"])) == (
        False, ["photos"],
    )  # fmt: skip
    assert not Photo.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "no"}, {"at": "soon"}, {"position": {"lat": 95, "lon": 0}},
        {"position": {"lat": 1}}, {"offset_ms": 10**19}, {"case": "G" * 25}, {"changes": []},
    ],
)  # fmt: skip
def test_what_has_not_the_shape_is_a_400_and_leaves_no_trace(worker, wrong):
    answer = tell(worker, said(dispatched(worker)) | wrong)
    assert answer.status_code == 400
    assert not CrewAction.objects.exists()


def test_customers_and_strangers_tell_nothing(worker):
    body = json.dumps(said(dispatched(worker)))
    for role in ("customer", ""):
        answer = as_role(role).post(ACTIONS, body, content_type="application/json")
        assert answer.status_code == 403


def test_a_lead_sees_what_came_late_and_accepts_it(worker):
    ticket = dispatched(worker, NOW - 6 * HOUR)
    at = NOW - 5 * HOUR
    place = {"lat": 27.8, "lon": 113.1, "accuracy": 20}
    assert tell(worker, said(ticket, at=at, position=place)).json()["state"] == "asked"
    lead = client_of(staff("lead", "east"))
    page = lead.get(TIMES)
    assert "断网时间超过允许时长" in text_of(page)
    assert inline_in(page) == []
    key = UUID(int=1)
    assert lead.post(f"{TIMES}{key}/", {"decision": "accept", "note": "隧道"}).status_code == 302
    assert ticket.clocks.get(code="arrive").stopped_at == at
    assert ticket.number not in text_of(lead.get(TIMES))
    assert lead.post(f"{TIMES}{key}/", {"decision": "decline"}).status_code == 409
    told = text_of(lead.get(f"/desk/cases/{ticket.number}/"))
    assert "认可手机上的真实时间" in told


def test_the_crew_does_not_decide(worker):
    assert client_of(worker).get(TIMES).status_code == 403
    assert client_of(worker).post(f"{TIMES}{UUID(int=1)}/").status_code in (403, 404)


def test_the_worker_of_the_page_is_a_script_of_its_own_address(worker):
    answer = client_of(worker).get("/desk/crew/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "fetch" in answer.content.decode()
