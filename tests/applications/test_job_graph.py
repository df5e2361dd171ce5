"""Laws of jobs: which may begin, whatever their graph."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from applications.jobs.graph import DONE, OVER, READY, SKIPPED, WAITING, reckon
from tests.sla.laws import law


@st.composite
def graphs(draw):
    """Jobs that need only earlier ones, some with a condition."""
    jobs, conditions = [], {}
    for n in range(draw(st.integers(1, 7))):
        code = f"j{n}"
        needs = draw(st.sets(st.sampled_from([f"j{k}" for k in range(n)]))) if n else set()
        jobs.append(SimpleNamespace(code=code, state=WAITING, needs=sorted(needs)))
        conditions[code] = draw(st.sampled_from([None, {"line": True}, {"line": False}]))
    return jobs, conditions


def apply(jobs, states):
    for job in jobs:
        job.state = states[job.code]


@law
@given(graphs(), st.booleans())
def test_as_long_as_something_is_left_something_may_begin(graph, line):
    jobs, conditions = graph
    for _ in range(len(jobs) + 1):
        apply(jobs, reckon(jobs, conditions, {"line": line}))
        ready = [job for job in jobs if job.state == READY]
        left = [job for job in jobs if job.state not in OVER]
        assert bool(ready) == bool(left)
        for job in ready[:1]:
            job.state = DONE
    assert all(job.state in OVER for job in jobs)


@law
@given(graphs(), st.booleans())
def test_nothing_begins_before_what_it_needs(graph, line):
    jobs, conditions = graph
    states = reckon(jobs, conditions, {"line": line})
    ready = [job for job in jobs if states[job.code] == READY]
    assert all(states[each] in OVER for job in ready for each in job.needs)


@law
@given(graphs(), st.booleans())
def test_asking_twice_gives_the_same(graph, line):
    jobs, conditions = graph
    apply(jobs, first := reckon(jobs, conditions, {"line": line}))
    assert reckon(jobs, conditions, {"line": line}) == first


@law
@given(graphs())
def test_what_was_left_out_comes_back_when_the_facts_change(graph):
    jobs, conditions = graph
    straight = reckon(jobs, conditions, {"line": True})
    apply(jobs, reckon(jobs, conditions, {"line": False}))
    assert reckon(jobs, conditions, {"line": True}) == straight
    assert SKIPPED not in straight.values() or any(
        conditions[job.code] == {"line": False} for job in jobs
    )
