"""No small number of the public page can be worked out from the others."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from waterdesk.web.promise.guarding import FEWEST, Guard, guarded

ABOVE = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3}


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 12), min_size=6, max_size=6), st.sets(st.sampled_from([*ABOVE])))
def test_no_small_number_can_be_worked_out_from_those_shown(own, open_areas):
    whole = dict(zip(ABOVE, own, strict=True))
    for area in (6, 5, 4, 3, 2):
        whole[ABOVE[area]] += whole[area]
    guards = guarded({area: whole[area] for area in open_areas}, ABOVE)
    shown = {area for area, guard in guards.items() if guard == Guard.SHOWN}
    assert [area for area in shown if whole[area] < FEWEST] == []

    def nearest(area):
        over = ABOVE[area]
        return over if over is None or over in shown else nearest(over)

    for area in shown:
        rest = whole[area] - sum(whole[each] for each in shown if nearest(each) == area)
        assert rest not in range(1, FEWEST)
