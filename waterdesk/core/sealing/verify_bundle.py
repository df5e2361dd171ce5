"""Checks a bundle of the record (留痕) with Python alone: names every fault, exits 1 on any.

    python verify_bundle.py BUNDLE.zip [PUBLIC_KEY [SEALS.jsonl]]

PUBLIC_KEY: as the desk published it; without it the bundle's own is believed. SEALS.jsonl: seals
kept elsewhere, each line with `day` and `digest`. Digests are SHA-256 over canonical JSON and are
chained a case; the root of a day is the tree of RFC 6962 over the digests of what was recorded on
it, in order of id; seals are chained; the manifest and the seals are signed (Ed25519, RFC 8032).
"""

import hashlib, json, sys, zipfile  # noqa: E401, I001
from bisect import bisect
from collections.abc import Iterator
from typing import Any

P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, HALF = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
SEALED = ("day", "begins", "ends", "count", "first", "last", "root", "previous")
Point = tuple[int, int, int, int]


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * D * p[3] * q[3], 2 * p[2] * q[2]
    return (
        (b - a) * (d - c) % P,
        (d + c) * (b + a) % P,
        (d - c) * (d + c) % P,
        (b - a) * (b + a) % P,
    )


def times(n: int, p: Point) -> Point:
    total = (0, 1, 1, 0)
    while n:
        total, p, n = add(total, p) if n & 1 else total, add(p, p), n >> 1
    return total


def point(packed: bytes) -> Point:
    y, odd = int.from_bytes(packed, "little") & (2**255 - 1), packed[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * HALF % P
    if y >= P or x * x % P != square or (x == 0 and odd):
        raise ValueError
    x = x if x & 1 == odd else P - x
    return x, y, 1, x * y % P


def pack(p: Point) -> bytes:
    x, y = (each * pow(p[2], -1, P) % P for each in p[:2])
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def genuine(key: str, signature: str, said: bytes) -> bool:
    try:
        public, sign = bytes.fromhex(key), bytes.fromhex(signature)
        r, n = sign[:32], int.from_bytes(sign[32:], "little")
        h = int.from_bytes(hashlib.sha512(r + public + said).digest(), "little") % Q
        right = pack(times(n, BASE)) == pack(add(point(r), times(h, point(public))))
        return right and n < Q and len(sign) == 64
    except (ValueError, IndexError):
        return False


def sha(said: Any) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def knot(*parts: bytes) -> bytes:
    return hashlib.sha256(b"\1" + b"".join(parts)).digest() if len(parts) > 1 else parts[0]


def leaf(digest: str) -> bytes:
    return hashlib.sha256(b"\0" + bytes.fromhex(digest)).digest()


def root(level: list[bytes]) -> str:
    while len(level) > 1:
        level = [knot(*level[at : at + 2]) for at in range(0, len(level), 2)]
    return (level or [hashlib.sha256().digest()])[0].hex()


def climbed(event: Any) -> str:
    at = leaf(event["digest"])
    for side, other in event.get("proof", ()):
        at = knot(bytes.fromhex(other), at) if side == "L" else knot(at, bytes.fromhex(other))
    return at.hex()


def of_events(events: list[Any], heads: list[Any], about: Any) -> Iterator[str]:
    ends: dict[str, tuple[int, str]] = {}
    last = 0
    for event in events:
        case, seq, *_, previous = event["said"]
        if sha(event["said"]) != event["digest"]:
            yield f"{case}#{seq}: was changed"
        if event["id"] <= last:
            yield f"{case}#{seq}: is out of order"
        if (case in ends or not about["since"]) and ends.get(case, (0, "")) != (seq - 1, previous):
            yield f"{case}#{seq}: does not follow the event before it"
        ends[case], last = (seq, event["digest"]), event["id"]
    for case, *head in heads:
        if ends.pop(case, (0, "")) != tuple(head):
            yield f"{case}: does not end with event {head[0]}, as its case says"
    yield from (f"{case}: there is no such case" for case in ends if not about["until"])


def of_seals(seals: list[Any], elsewhere: list[Any], key: str) -> Iterator[str]:
    for before, seal in zip([None, *seals], seals):  # noqa: B905
        follows = (before["digest"], before["ends"]) if before else ("", seal["begins"])
        if sha([seal[name] for name in SEALED]) != seal["digest"]:
            yield f"seal of {seal['day']}: was changed"
        if (seal["previous"], seal["begins"]) != follows:
            yield f"seal of {seal['day']}: does not follow the seal before it"
    if seals and not genuine(key, seals[-1]["signature"], bytes.fromhex(seals[-1]["digest"])):
        yield f"seal of {seals[-1]['day']}: the signature is not by the key"
    kept = {seal["day"]: seal["digest"] for seal in seals}
    wrong = [seal["day"] for seal in elsewhere if kept.get(seal["day"]) != seal["digest"]]
    yield from (f"seal of {day}: is not the one kept elsewhere" for day in wrong)


def of_days(events: list[Any], seals: list[Any], about: Any) -> Iterator[str]:
    days: list[list[Any]] = [[] for _ in seals]
    starts = [seal["begins"] for seal in seals]
    for event in events:
        at = bisect(starts, event["said"][3]) - 1
        if seals and at >= 0 and event["said"][3] < seals[at]["ends"]:
            days[at].append(event)
    for seal, day in zip(seals, days):  # noqa: B905
        inside = (about["since"] or "") <= seal["day"] <= (about["until"] or "9999")
        if about["case"]:
            fits = all(climbed(event) == seal["root"] for event in day)
        else:
            fits = not inside or root([leaf(event["digest"]) for event in day]) == seal["root"]
        if not fits:
            yield f"seal of {seal['day']}: does not fit its events"


def faults(path: str, key: str = "", kept: str = "") -> Iterator[str]:
    with zipfile.ZipFile(path) as bundle:
        said = bundle.read("manifest.json")
        about = json.loads(said)
        key = key or about["key"]
        if not genuine(key, bundle.read("manifest.sig").decode().strip(), said):
            yield "manifest: the signature is not by the key"
        files = {name: bundle.read(name) for name in about["files"]}
    for name, digest in about["files"].items():
        if hashlib.sha256(files[name]).hexdigest() != digest:
            yield f"{name}: is not the file that was signed"
    events, seals, heads, outside = (
        [json.loads(line) for line in files[f"{name}.jsonl"].splitlines()]
        for name in ("events", "seals", "heads", "outside")
    )
    if kept:
        with open(kept, "rb") as lines:
            outside += [json.loads(line) for line in lines]
    yield from of_events(events, heads, about)
    yield from of_seals(seals, outside, key)
    yield from of_days(events, seals, about)


if __name__ == "__main__":
    found = list(faults(*sys.argv[1:4]))
    print("\n".join(found) or "sound: every event, chain and seal is as it was signed")  # noqa: T201
    sys.exit(1 if found else 0)
