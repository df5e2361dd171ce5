"""What must hold within one service: its questions can be answered, its jobs can be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from applications.catalogue.definition import Condition, Job, Question, Service
from applications.catalogue.faults import BadDefinition

# 两分钟填完: no more than this is asked of a household and of a company.
MOST_OF_PERSON, MOST_OF_COMPANY = 8, 10
# Ways through the questions that are looked at; a file with more of them is too clever.
MOST_WAYS = 20_000


def check(service: Service) -> None:
    """Raise BadDefinition for the first thing that cannot work, naming where it stands."""
    _unique(service)
    _questions(service)
    _steps(service)
    _jobs(service)
    _rest(service)


def _unique(service: Service) -> None:
    for name in ("questions", "steps", "jobs"):
        seen: set[str] = set()
        for place, each in enumerate(getattr(service, name)):
            if each.code in seen:
                raise BadDefinition(f"“{each.code}” stands there twice", (name, place))
            seen.add(each.code)


def _questions(service: Service) -> None:
    earlier: dict[str, Question] = {}
    for place, question in enumerate(service.questions):
        path = ("questions", place)
        if (question.kind == "choice") != bool(question.choices):
            raise BadDefinition("choices belong to a choice, and a choice has some", path)
        conditions = [("shown", question.shown), ("demanded", question.demanded)]
        conditions += [("choices", when) for *_, when in question.choices]
        for name, condition in conditions:
            _refers(condition or {}, earlier, (*path, name))
        earlier[question.code] = question
    _contradictions(service)


def _refers(condition: Condition, known: Mapping[str, Question], path: tuple[Any, ...]) -> None:
    """Every condition asks for questions that come before, and for answers that there are."""
    for key, wanted in condition.items():
        code = key.removesuffix("_lt").removesuffix("_gte")
        question = known.get(code)
        if question is None:
            raise BadDefinition(f"“{code}” is no question that comes before", path)
        values = wanted if isinstance(wanted, list) else [wanted]
        if question.kind == "choice" and key == code:
            codes = {choice for choice, *_ in question.choices}
            for value in values:
                if str(value) not in codes:
                    raise BadDefinition(f"“{code}” cannot be “{value}”", path)


def _contradictions(service: Service) -> None:
    """Go every way through the questions: each is asked on one of them, none is a dead end."""
    places = {each.code: place for place, each in enumerate(service.questions)}
    asked: set[str] = set()
    most = dict.fromkeys(service.applicants, 0)
    for ways, given in enumerate(_ways(service)):
        if ways > MOST_WAYS:
            raise BadDefinition("too many conditions on too many questions", ("questions",))
        here = [each for each in service.questions if each.asked(given)]
        asked.update(each.code for each in here)
        for each in here:
            if each.kind == "choice" and each.needed(given) and not each.allowed(given):
                raise BadDefinition(
                    f"“{each.code}” must be answered, and no answer is allowed for {given}",
                    ("questions", places[each.code]),
                )
        who = given.get("applicant_kind", service.applicants[0])
        most[who] = max(most.get(who, 0), sum(not each.staff for each in here))
    for code, place in places.items():
        if code not in asked and code != "applicant_kind":
            raise BadDefinition(f"“{code}” is never asked: it contradicts", ("questions", place))
    for who, limit in (("person", MOST_OF_PERSON), ("organisation", MOST_OF_COMPANY)):
        if most.get(who, 0) > limit:
            raise BadDefinition(
                f"{most[who]} questions for a {who}, at most {limit}", ("questions",)
            )


def _ways(service: Service) -> Iterator[dict[str, Any]]:
    """Every set of answers to those questions that conditions ask for."""
    conditions = [c for q in service.questions for c in (q.shown, q.demanded) if c]
    conditions += [when for q in service.questions for *_, when in q.choices if when]
    keys = {key for condition in conditions for key in condition}
    matter = {key.removesuffix("_lt").removesuffix("_gte") for key in keys}
    edges: dict[str, set[float]] = {}
    for condition in conditions:
        for key, wanted in condition.items():
            if key.endswith(("_lt", "_gte")):
                edges.setdefault(key.rsplit("_", 1)[0], set()).update((wanted - 1, wanted))
    questions = [q for q in service.questions if q.code in matter | {"applicant_kind"}]

    def go_on(place: int, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if place == len(questions):
            yield given
            return
        question = questions[place]
        if not question.asked(given):
            yield from go_on(place + 1, given)
            return
        for answer in _answers(service, question, given, edges):
            yield from go_on(place + 1, given | {question.code: answer})

    yield from go_on(0, {})


def _answers(
    service: Service, question: Question, given: Mapping[str, Any], edges: Mapping[str, set[float]]
) -> list[Any]:
    if question.code == "applicant_kind":
        return list(service.applicants)
    if question.kind == "choice":
        codes = [code for code, _ in question.allowed(given)]
        return [int(code) if question.code == "calibre_mm" else code for code in codes] or [None]
    if question.kind == "flag":
        return [True, False]
    return sorted(edges.get(question.code, {1}))


def _steps(service: Service) -> None:
    if not service.steps:
        raise BadDefinition("a service has a step", ("steps",))
    for place, step in enumerate(service.steps[1:], start=1):
        if all(job.step != step.code for job in service.jobs):
            raise BadDefinition(f"no job belongs to the step “{step.code}”", ("steps", place))


def _jobs(service: Service) -> None:
    steps = {step.code for step in service.steps}
    for place, job in enumerate(service.jobs):
        path = ("jobs", place)
        if job.step and job.step not in steps:
            raise BadDefinition(f"there is no step “{job.step}”", (*path, "step"))
        for each in job.needs:
            needed = service.jobs_by_code.get(each)
            if needed is None:
                raise BadDefinition(f"there is no job “{each}”", (*path, "needs"))
            if job.step and not needed.step:
                raise BadDefinition(f"“{each}” comes after the result", (*path, "needs"))
    if not any(job.step for job in service.jobs):
        raise BadDefinition("no job leads to the result", ("jobs",))
    if circle := _circle(service.jobs_by_code):
        place = [job.code for job in service.jobs].index(circle[0])
        raise BadDefinition(f"jobs wait for each other: {' → '.join(circle)}", ("jobs", place))
    moves = [job.move for job in service.jobs if job.move]
    if len(set(moves)) != len(moves):
        raise BadDefinition("one row of the workflow finishes one job", ("jobs",))
    if (service.result == "water_on") != ("water_on" in moves):
        raise BadDefinition("the result “water_on” and a job with the move “water_on” go together",
                            ("result",))  # fmt: skip


def _circle(jobs: Mapping[str, Job]) -> list[str]:
    """Jobs that wait for each other, in a row; nothing when there are none."""
    done: set[str] = set()

    def walk(code: str, way: list[str]) -> list[str]:
        if code in way:
            return [*way[way.index(code) :], code]
        if code in done:
            return []
        for each in jobs[code].needs:
            if found := walk(each, [*way, code]):
                return found
        done.add(code)
        return []

    return next((found for code in jobs if (found := walk(code, []))), [])


def _rest(service: Service) -> None:
    for place, ruling in enumerate(service.rulings):
        if ruling.decides == "refuse" and ruling.reason not in service.refusals:
            raise BadDefinition(
                f"“{ruling.reason}” is not among the refusals", ("rulings", place, "refuse")
            )
        _refers(ruling.when, service.by_code, ("rulings", place, "when"))
    leaves = service.leaves
    if leaves and leaves.until:
        question = service.by_code.get(leaves.until)
        if question is None or question.kind != "date":
            raise BadDefinition(f"“{leaves.until}” is no question for a date", ("leaves", "until"))
