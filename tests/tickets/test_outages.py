"""Outages: what is refused, what is kept, who is told and who is inside."""

from __future__ import annotations

import json

import pytest

from notifications.models import Message
from tests.core.places.ground import IN_EAST_1, IN_WEST_2, address
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_0900,
    open_application,
    open_ticket,
    staff,
)
from tests.tickets.outages import DRAWN, announced, put_down, sudden
from tickets.models import Outage, OutageCall, OutageRule
from tickets.outages import covering, doing, extents, reminding, telling
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.models import Area, Case

pytestmark = pytest.mark.django_db

SOON = {"starts_at": MONDAY_0900 + 23 * HOUR, "ends_at": MONDAY_0900 + 30 * HOUR}
CROSSED = [[124.0, 28.0], [124.01, 28.01], [124.01, 28.0], [124.0, 28.01], [124.0, 28.0]]


def told(occasion="announced"):
    """The numbers that were told of this by short message, in the order of the messages."""
    rows = Message.objects.filter(key=f"outage.{occasion}.customer", channel="sms")
    return list(rows.order_by("created_at", "pk").values_list("address", flat=True))


def said(phone, occasion="announced"):
    return Message.objects.get(key=f"outage.{occasion}.customer", address=phone).body


def called_from(phone, **over):
    return open_ticket(phone=phone, **over)


def where(point=None, area=None, at=MONDAY_0900):
    found = area and Area.objects.get(code=area)
    return [(c.outage.reason, c.now, c.sure) for c in covering.covering(point, found, at)]


# --- the rule -------------------------------------------------------------------------------------
def test_a_planned_outage_is_announced_with_the_notice_of_the_rule_and_no_hour_less():
    outage = put_down(starts_at=MONDAY_0900 + DAY, ends_at=MONDAY_0900 + DAY + 12 * HOUR)
    with pytest.raises(Invalid) as refusal:
        doing.announce(outage.pk, by=staff("agent"), at=MONDAY_0900 + MINUTE)
    assert "24 小时" in str(refusal.value.fields["override"])
    assert "《城市供水条例》" in str(refusal.value.fields["override"])
    assert doing.announce(outage.pk, by=staff("agent"), at=MONDAY_0900).state == "announced"


def test_one_that_lasts_longer_than_twelve_hours_needs_two_days():
    starts = MONDAY_0900 + 2 * DAY
    outage = put_down(starts_at=starts, ends_at=starts + 12 * HOUR + MINUTE)
    with pytest.raises(Invalid) as refusal:
        doing.announce(outage.pk, by=staff("agent"), at=MONDAY_0900 + MINUTE)
    assert "48 小时" in str(refusal.value.fields["override"])
    assert doing.announce(outage.pk, by=staff("agent"), at=MONDAY_0900).state == "announced"


def test_the_rule_is_a_row_that_the_utility_edits():
    OutageRule.objects.filter(longer_than_hours=0).update(notice_hours=1)
    assert announced(**SOON).state == "announced"


def test_a_lead_overrides_with_a_reason_that_is_kept():
    outage, lead = put_down(**SOON), staff("lead")
    doing.announce(outage.pk, by=lead, at=MONDAY_0900, override="随时可能爆管")
    outage.refresh_from_db()
    assert (outage.override, outage.overridden_by) == ("随时可能爆管", lead)
    change = outage.changes.get(action="announce")
    assert (change.note, change.became["override"]) == ("随时可能爆管", "随时可能爆管")


def test_an_agent_may_not_override():
    outage = put_down(**SOON)
    with pytest.raises(NotAllowed):
        doing.announce(outage.pk, by=staff("agent"), at=MONDAY_0900, override="急")
    assert Outage.objects.get().state == "planned"


def test_a_sudden_one_needs_no_notice_and_has_begun():
    outage = sudden()
    assert (outage.state, outage.begun_at) == ("begun", MONDAY_0900)


def test_one_that_becomes_so_long_gives_the_longer_notice_too():
    outage = announced(starts_at=MONDAY_0900 + 30 * HOUR, ends_at=MONDAY_0900 + 36 * HOUR)
    end = MONDAY_0900 + 50 * HOUR
    with pytest.raises(Invalid) as refusal:
        doing.move_end(outage.pk, end, seen=outage.version, by=staff("agent"), at=MONDAY_0900)
    assert "48 小时" in str(refusal.value.fields["override"])


# --- what is given --------------------------------------------------------------------------------
def test_an_end_before_its_start_is_refused():
    with pytest.raises(Invalid) as refusal:
        put_down(ends_at=MONDAY_0900 + 2 * DAY)
    assert set(refusal.value.fields) == {"ends_at"}
    assert not Outage.objects.exists()


def test_one_that_is_nowhere_is_refused():
    with pytest.raises(Invalid) as refusal:
        put_down("no-such-area")
    assert set(refusal.value.fields) == {"areas"}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (json.dumps({"type": "Polygon", "coordinates": [CROSSED]}), "与自身相交"),
        (json.dumps({"type": "Point", "coordinates": [124, 28]}), "Polygon"),
        ("{", "GeoJSON"),
        ("[" * 20_000, "GeoJSON"),
        ('{"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}', "至少 4 个点"),
        ('{"type": "FeatureCollection", "features": []}', "只有一个图形"),
        ("[1]" * 200_000, "太大"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_in_words(raw, words):
    with pytest.raises(Invalid) as refusal:
        extents.given(raw)
    assert words in str(refusal.value.message)


def test_a_feature_of_a_file_is_read_as_its_geometry():
    raw = json.dumps({"type": "Feature", "properties": {}, "geometry": DRAWN})
    assert extents.given(raw) == DRAWN
    assert extents.given("  ") is None


def test_a_drawn_figure_says_itself_in_which_grids_it_lies():
    outage = put_down(geometry=DRAWN)
    assert [area.code for area in outage.areas.all()] == ["east-1"]


def test_whoever_works_in_another_area_may_not_write_it():
    with pytest.raises(NotAllowed):
        put_down(by=staff("agent", "west"))
    outage = put_down()
    with pytest.raises(NotAllowed):
        doing.announce(outage.pk, by=staff("lead", "west"), at=MONDAY_0900)


# --- every change is kept -------------------------------------------------------------------------
def test_every_change_says_who_when_and_from_what_to_what():
    outage, lead = sudden(), staff("lead")
    later = outage.ends_at + 2 * HOUR
    doing.move_end(
        outage.pk, later, seen=outage.version, by=lead, at=MONDAY_0900 + HOUR, note="管径更大"
    )
    newest = outage.changes.first()
    assert (newest.action, newest.by, newest.at) == ("move_end", lead, MONDAY_0900 + HOUR)
    assert newest.was == {"ends_at": outage.ends_at.isoformat()}
    assert newest.became == {"ends_at": later.isoformat()}
    assert newest.note == "管径更大"
    assert [each.action for each in outage.changes.all()] == ["move_end", "announce", "create"]


def test_what_somebody_else_changed_meanwhile_is_not_written_over():
    outage = sudden()
    seen, end = outage.version, outage.ends_at + HOUR
    doing.move_end(outage.pk, end, seen=seen, by=staff("lead"), at=MONDAY_0900)
    with pytest.raises(Conflict):
        doing.move_end(outage.pk, end + HOUR, seen=seen, by=staff("agent"), at=MONDAY_0900)


def test_a_second_click_has_no_second_effect():
    outage = announced()
    with pytest.raises(Conflict):
        doing.announce(outage.pk, by=staff("agent"), at=MONDAY_0900)
    assert outage.tellings.count() == 1


# --- telling --------------------------------------------------------------------------------------
def test_sensitive_users_are_told_first_then_whoever_is_inside_once():
    school = address("城东区朝阳路 1 号", kind="school")
    called_from("13900000001", address=school.text)
    called_from("13900000002", address="城东区朝阳路 2 号")
    called_from("13900000002", address="城东区朝阳路 2 号", subtype="no-water")
    open_application(phone="13900000003", address="城东区朝阳路 3 号")
    called_from("13900000009", address="城西区解放路 9 号")
    announced()
    first = telling._batch(MONDAY_0900)
    assert (first, told()) == (1, ["13900000001"])
    assert "重点用户" in said("13900000001")
    telling.tell(MONDAY_0900)
    assert sorted(told()) == ["13900000001", "13900000002", "13900000003"]
    assert "主管改造" in said("13900000003")


def test_of_a_drawn_figure_only_what_lies_in_it_is_told():
    lat, lon = IN_EAST_1
    called_from("13900000001", lat=lat, lon=lon)
    called_from("13900000002", lat=28.02, lon=124.04)
    called_from("13900000003")
    announced(geometry=DRAWN)
    telling.tell(MONDAY_0900)
    assert told() == ["13900000001"]


def test_a_round_goes_on_after_a_crash_where_it_was_and_tells_nobody_twice(monkeypatch):
    monkeypatch.setattr(telling, "BATCH", 2)
    phones = [f"1390000000{n}" for n in range(5)]
    for phone in phones:
        called_from(phone)
    outage = announced()
    telling.tell(MONDAY_0900, batches=2)
    first = outage.tellings.get()
    assert (first.looked, first.total, first.told, first.ended_at) == (2, 5, 2, None)

    def fails(*_args):
        raise RuntimeError("the machine stops")

    with monkeypatch.context() as patch:
        patch.setattr(telling, "words_of", fails)
        with pytest.raises(RuntimeError):
            telling.tell(MONDAY_0900)
    assert outage.tellings.get().looked == 2
    telling.tell(MONDAY_0900 + MINUTE)
    telling.tell(MONDAY_0900 + MINUTE)
    last = outage.tellings.get()
    assert (last.looked, last.told, last.ended_at) == (5, 5, MONDAY_0900 + MINUTE)
    assert sorted(told()) == phones


def test_a_new_end_is_told_again_and_ends_what_was_being_told():
    called_from("13900000001")
    outage = sudden()
    end = outage.ends_at + HOUR
    doing.move_end(outage.pk, end, seen=outage.version, by=staff("agent"), at=MONDAY_0900)
    telling.tell(MONDAY_0900)
    assert (told(), told("changed")) == ([], ["13900000001"])
    assert "14:00" in said("13900000001", "changed")
    assert outage.tellings.last().superseded


def test_restoring_tells_of_brief_yellow_water():
    called_from("13900000001")
    outage = sudden()
    telling.tell(MONDAY_0900)
    doing.restore(outage.pk, by=staff("agent"), at=MONDAY_0900 + HOUR)
    telling.tell(MONDAY_0900 + HOUR)
    assert "发黄" in said("13900000001", "restored")


def test_who_was_told_of_one_that_is_called_off_is_told_so():
    called_from("13900000001")
    outage = announced()
    doing.cancel(outage.pk, by=staff("agent"), at=MONDAY_0900, note="改期")
    telling.tell(MONDAY_0900)
    assert told("cancelled") == ["13900000001"]
    nobody = put_down()
    doing.cancel(nobody.pk, by=staff("agent"), at=MONDAY_0900, note="填错")
    assert not nobody.tellings.exists()


def test_an_area_without_anybody_is_told_to_nobody_and_is_done():
    outage = announced("north-1")
    assert telling.tell(MONDAY_0900) == 0
    done = outage.tellings.get()
    assert (done.total, done.told, done.ended_at) == (0, 0, MONDAY_0900)


def test_the_call_list_has_every_sensitive_address_with_the_number_that_is_known():
    hospital = address("城东区朝阳路 1 号", kind="hospital", at=IN_EAST_1)
    address("城东区朝阳路 2 号", kind="school", at=IN_EAST_1)
    address("城东区朝阳路 3 号", at=IN_EAST_1)
    address("城西区解放路 4 号", area="west-1", kind="school")
    called_from("13900000001", address=hospital.text)
    outage = announced()
    calls = OutageCall.objects.filter(telling__outage=outage)
    assert [(c.address.kind, c.phone) for c in calls] == [
        ("hospital", "13900000001"),
        ("school", ""),
    ]


# --- who is inside --------------------------------------------------------------------------------
def test_a_place_is_covered_now_or_soon_and_not_once_it_is_over():
    outage = sudden()
    announced(reason="改造", starts_at=MONDAY_0900 + DAY, ends_at=MONDAY_0900 + DAY + HOUR)
    announced(reason="下周", starts_at=MONDAY_0900 + 5 * DAY, ends_at=MONDAY_0900 + 6 * DAY - HOUR)
    assert where(area="east-1") == [("爆管", True, True), ("改造", False, True)]
    assert where(IN_EAST_1) == where(area="east-1")
    assert where(IN_WEST_2) == []
    assert where(area="east-1", at=MONDAY_0900 + 5 * HOUR)[0] == ("爆管", True, True)
    doing.restore(outage.pk, by=staff("agent"), at=MONDAY_0900 + HOUR)
    assert where(area="east-1") == [("改造", False, True)]


def test_without_a_point_a_drawn_outage_covers_its_grid_only_maybe():
    sudden(geometry=DRAWN)
    assert where(area="east-1") == [("爆管", True, False)]
    assert where(IN_EAST_1, "east-1") == [("爆管", True, True)]
    assert where(IN_WEST_2, "east-1") == []
    assert where(area="company") == []


def test_what_nobody_announced_covers_nobody():
    put_down(starts_at=MONDAY_0900, ends_at=MONDAY_0900 + HOUR)
    assert where(area="east-1") == []


def test_asking_costs_two_queries(django_assert_num_queries):
    sudden()
    sudden("east-2")
    covering.covering(IN_EAST_1, None, MONDAY_0900)
    with django_assert_num_queries(2):
        covering.covering(IN_EAST_1, None, MONDAY_0900)


def test_two_that_overlap_are_allowed_and_known():
    one, other, far = sudden(), sudden(geometry=DRAWN), sudden("west-2")
    assert extents.overlap(one, other)
    assert not extents.overlap(one, far)


# --- reminding ------------------------------------------------------------------------------------
def reminded(at):
    reminding.remind(at)
    rows = Message.objects.filter(key="outage.due", channel="inbox", created_at=at)
    return [row.body for row in rows]


def test_staff_are_reminded_before_the_end_at_it_and_each_hour_after():
    outage = sudden()
    end = outage.ends_at
    assert reminded(end - 31 * MINUTE) == []
    assert "临近" in reminded(end - 30 * MINUTE)[0]
    assert reminded(end - 29 * MINUTE) == []
    assert "已过" in reminded(end)[0]
    assert reminded(end + 59 * MINUTE) == []
    assert "已过" in reminded(end + HOUR)[0]
    doing.restore(outage.pk, by=staff("agent"), at=end + HOUR + MINUTE)
    assert reminded(end + 3 * HOUR) == []


def test_who_put_it_down_and_the_lead_are_reminded_once_each():
    lead = staff("lead", "east")
    outage = sudden()
    reminding.remind(outage.ends_at)
    reminding.remind(outage.ends_at)
    inbox = Message.objects.filter(key="outage.due", channel="inbox")
    assert set(inbox.values_list("recipient", flat=True)) == {outage.created_by_id, lead.pk}
    assert inbox.count() == 2


def test_one_that_should_have_begun_is_asked_after():
    outage = announced()
    assert "请登记是否已停水" in reminded(outage.starts_at)[0]


def test_one_that_is_to_be_announced_is_asked_after_two_hours_before_the_last_moment():
    outage = put_down()
    assert "尚未公告" in reminded(outage.starts_at - 26 * HOUR)[0]


def test_cases_are_only_read():
    called_from("13900000001")
    before = list(Case.objects.values_list("version", flat=True))
    sudden()
    telling.tell(MONDAY_0900)
    assert list(Case.objects.values_list("version", flat=True)) == before
