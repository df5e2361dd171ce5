"""The root over the digests of a day, and the proof that one digest is below it.

The tree of RFC 6962: a leaf is SHA-256(00 · digest), a knot SHA-256(01 · left · right), and what
has no neighbour goes up as it is. Its order is that of the leaves. The root of nothing is
SHA-256 of nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise

LEFT, RIGHT = "L", "R"
Proof = list[tuple[str, str]]


def leaf(digest: str) -> bytes:
    return sha256(b"\0" + bytes.fromhex(digest)).digest()


def root(leaves: Sequence[bytes]) -> str:
    """In hex."""
    level = list(leaves)
    if not level:
        return sha256().hexdigest()
    while len(level) > 1:
        level = _above(level)
    return level[0].hex()


def proof(leaves: Sequence[bytes], place: int) -> Proof:
    """What is joined to the leaf at `place`, and on which side, from there up to the root."""
    level, found = list(leaves), Proof()
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            found.append((LEFT if beside < place else RIGHT, level[beside].hex()))
        level, place = _above(level), place // 2
    return found


def climbed(start: bytes, path: Proof) -> str:
    """The root, in hex, that a leaf and its proof give."""
    for side, other in path:
        both = bytes.fromhex(other) + start if side == LEFT else start + bytes.fromhex(other)
        start = sha256(b"\1" + both).digest()
    return start.hex()


def _above(level: list[bytes]) -> list[bytes]:
    pairs = list(pairwise(level))[::2]
    above = [sha256(b"\1" + left + right).digest() for left, right in pairs]
    return above + level[-1:] if len(level) % 2 else above
