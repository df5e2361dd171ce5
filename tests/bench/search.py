"""Search at full size: p50 and p95 by kind of question, over cases and the address book.

`SEARCH_CASES=200000 SEARCH_ADDRESSES=50000 python -m tests.bench search` runs it smaller.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from statistics import quantiles

from django.db import connection
from django.db.models import F
from django.utils import timezone

from tests.bench import crowd
from waterdesk.core import search
from waterdesk.core.models import Area, User
from waterdesk.core.models.people import Role
from waterdesk.core.places import words

CASES = int(os.environ.get("SEARCH_CASES", "1000000"))
ADDRESSES = int(os.environ.get("SEARCH_ADDRESSES", "200000"))
STREETS, PEOPLE, ROUNDS = 3000, 2000, 60
GOAL_MS = 50

# Half of all streets get a tenth of the calls: some are asked for much, most hardly ever.
_CASES = """
INSERT INTO core_case (kind, number, subject, area_id, status, name, phone, address, remark,
    channel, urgent, paused_reason, opened_at, changed_at, outcome, explanation, version, seal,
    sought)
SELECT 'ticket', 'G' || lpad(n::text, 14, '0'), 'repair.leak',
    (%(areas)s::bigint[])[1 + n %% %(grids)s],
    'logged', p.name, '138' || lpad(((n::bigint * 7919) %% 100000000)::text, 8, '0'),
    s.street || house || '号', '', 'hotline', false, '', %(at)s, %(at)s, '', '', 0, '',
    p.sought || E'\\n' || s.street || house || '号' || E'\\n' || s.initials || house || 'h'
FROM (SELECT n, 1 + (n * 7) %% 400 AS house,
        1 + floor(power(random(), 2) * %(streets)s)::int AS street,
        1 + floor(random() * %(people)s)::int AS person
    FROM generate_series(1, %(many)s) AS n) AS drawn
JOIN bench_street s ON s.id = drawn.street JOIN bench_person p ON p.id = drawn.person
"""
_BOOK = """
INSERT INTO core_address (text, place, compound, building, kind, area_id, sought)
SELECT street || house || '号', street || house || '号', '', '', '',
    (%(areas)s::bigint[])[1 + s.id %% %(grids)s],
    street || house || '号' || E'\\n' || initials || house || 'h'
FROM bench_street s, generate_series(1, %(houses)s) AS house
"""
FIRST = "中朝建人解青滨锦翠阳科工城东西南北新华光明和平胜利友谊红星幸福长江黄河泰山"
SECOND = "山阳设民放江绣湖光技业安宁庆丰兴盛泰康乐园林泉溪桥口塘岭岗坡湾洲岛港"
THIRD = "路街巷里弄村苑府庭道"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹"


def run() -> None:
    random.seed(5)
    streets, people = _lay()
    user, _ = User.objects.get_or_create(
        username="seeker",
        defaults={"role": Role.AGENT, "area": Area.objects.get(code="company"), "password": "!"},
    )
    grid, _ = User.objects.get_or_create(
        username="seeker-east",
        defaults={"role": Role.AGENT, "area": Area.objects.get(code="east-1"), "password": "!"},
    )
    print(f"search, {CASES:,} cases and {ADDRESSES:,} addresses; goal: p95 at most {GOAL_MS} ms")
    for name, ask in _questions(streets, people).items():
        for who in (user, grid):
            _measure(f"{name}, {who.username}", lambda ask=ask, who=who: search.cases(who, ask()))
    for name in ("two characters", "a street", "three initials", "house"):
        ask = _questions(streets, people)[name]
        _measure(f"{name}, address book", lambda ask=ask: search.addresses(ask()))
    every = search._worded(search.Case.objects.all(), [streets[0]])
    print(every.order_by((F("pk") + 0).desc())[:10].explain(analyze=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_relation_size('core_case_grams'))")
        print(f"core_case_grams: {cursor.fetchone()[0]}")


def _questions(streets: list[str], people: list[str]) -> dict[str, Callable[[], str]]:
    def street() -> str:
        return random.choice(streets)

    return {
        "two characters": lambda: street()[2:4],
        "a street": street,
        "house": lambda: f"{street()}{random.randint(1, 400)}号",
        "name": lambda: random.choice(people),
        "surname and street": lambda: f"{random.choice(people)} {street()}",
        "two initials": lambda: words.initials(street()[2:4]),
        "three initials": lambda: words.initials(street()[2:5]),
        "four figures": lambda: f"{random.randint(0, 9999):04}",
        "telephone": lambda: f"+86 138-{random.randint(0, 9999):04}-{random.randint(0, 9999):04}",
        "number": lambda: f"G{random.randint(1, CASES):014}",
        "nothing": lambda: f"无{street()}处",
        "one character": lambda: random.choice(FIRST),
    }


def _measure(name: str, probe: Callable[[], object]) -> None:
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        probe()
        times.append((time.perf_counter() - began) * 1000)
    ranks = quantiles(times, n=20)
    flag = "" if ranks[18] <= GOAL_MS else "  OVER"
    print(f"{name:36} p50 {ranks[9]:8.1f} ms   p95 {ranks[18]:8.1f} ms{flag}")


def _lay() -> tuple[list[str], list[str]]:
    """Streets of a city in two districts, its people, a million calls, and the book."""
    streets = sorted(
        {
            random.choice(("城东", "城西")) + random.choice(FIRST) + random.choice(SECOND)
            + random.choice(("", "", "东", "西", "一")) + random.choice(THIRD)
            for _each in range(STREETS)
        }
    )  # fmt: skip
    random.shuffle(streets)
    people = [
        random.choice(SURNAMES) + random.choice(SECOND) + random.choice(FIRST)
        for _each in range(PEOPLE)
    ]
    grids, _crew = crowd.staff()
    given = {"areas": grids, "grids": len(grids), "at": timezone.now(), "many": CASES}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_street (id int, street text, initials text)")
        cursor.execute("CREATE TEMP TABLE bench_person (id int, name text, sought text)")
        cursor.executemany(
            "INSERT INTO bench_street VALUES (%s, %s, %s)",
            [(at, text, words.initials(text)) for at, text in enumerate(streets, 1)],
        )
        cursor.executemany(
            "INSERT INTO bench_person VALUES (%s, %s, %s)",
            [(at, name, words.sought(name)) for at, name in enumerate(people, 1)],
        )
        began = time.perf_counter()
        cursor.execute(_CASES, given | {"streets": len(streets), "people": len(people)})
        cursor.execute(_BOOK, given | {"houses": -(-ADDRESSES // len(streets))})
        cursor.execute("VACUUM ANALYZE core_case, core_address")
        print(f"laid in {time.perf_counter() - began:.0f} s")
    return streets, people
