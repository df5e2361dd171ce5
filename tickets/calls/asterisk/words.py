"""An event of the manager interface, as the desk is told of calls. Pure.

The call is Linkedid: the channel with which it began. Its own channel (Uniqueid = Linkedid) is the
other party's of a call that comes in, and the agent's of one that goes out. Two clients that hear
the same event make the same id of it, so that it counts once (needs timestampevents=yes).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from tickets.calls.asterisk.line import Block
from tickets.calls.taking import Told

# What stands between the technology and the running number: PJSIP/8001-0000002a, Local/8001@q-1;2
_CHANNEL = re.compile(r"[^/]+/([^@/]+?)(?:@[^/]*)?(?:-[0-9a-f]+(?:;[12])?)?")
_NAMES = (
    "Event", "Uniqueid", "Linkedid", "DestUniqueid", "Channel", "DestChannel", "Exten",
    "Extension", "DialStatus", "Interface", "ChannelState", "Application", "Timestamp",
)  # fmt: skip
_NOBODY = ("", "<unknown>", "unknown", "s")


def told_by(block: Block, contexts: Collection[str], now: datetime) -> Told | None:
    """What a block says of a call; None for all that is not of interest.

    `contexts` are those in which calls from outside begin. An event without its time has `now`.
    """
    read = _READ.get(block.get("Event", ""))
    if read is None:
        return None
    said = read(block, contexts)
    call = said.pop("call", "") or block.get("Linkedid", "")
    if not said or not call:
        return None
    return Told(
        call=call[:80],
        event=_event_id(block),
        at=_instant(block, now),
        extension=said.pop("extension", "")[:20],
        **said,
    )


def extension_in(channel: str) -> str:
    """PJSIP/8001-0000002a → 8001; "" for what is no channel."""
    found = _CHANNEL.fullmatch(channel)
    return found[1] if found else ""


def _event_id(block: Block) -> str:
    said = "\n".join(f"{name}={block.get(name, '')}" for name in _NAMES)
    return f"{block['Event']}:{hashlib.sha256(said.encode()).hexdigest()[:40]}"


def _instant(block: Block, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(float(block["Timestamp"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return now


def _number(block: Block, name: str = "CallerIDNum") -> str:
    number = block.get(name, "")
    return "" if number in _NOBODY else number[:80]


def _new(block: Block, contexts: Collection[str]) -> dict[str, str]:
    """A channel begins; only the first of a call says who calls whom."""
    if block.get("Uniqueid") != block.get("Linkedid"):
        return {}
    dialled = block.get("Exten", "")
    if block.get("Context") in contexts:
        trunk = extension_in(block.get("Channel", ""))
        return {
            "kind": "arrived", "direction": "in", "number": _number(block),
            "called": dialled[:80], "trunk": trunk[:60],
        }  # fmt: skip
    if not dialled or dialled == "s":
        return {}
    own = extension_in(block.get("Channel", ""))
    return {"kind": "arrived", "direction": "out", "number": dialled[:80], "extension": own}


def _queued(block: Block, contexts: Collection[str]) -> dict[str, str]:
    return {"kind": "queued"}


def _rings(block: Block, contexts: Collection[str]) -> dict[str, str]:
    extension = extension_in(block.get("DestChannel", ""))
    return {"kind": "ringing", "extension": extension, "call": _dest_call(block)}


def _dial_ends(block: Block, contexts: Collection[str]) -> dict[str, str]:
    kind = "answered" if block.get("DialStatus") == "ANSWER" else "unanswered"
    extension = extension_in(block.get("DestChannel", ""))
    return {"kind": kind, "extension": extension, "call": _dest_call(block)}


def _dest_call(block: Block) -> str:
    return block.get("Linkedid") or block.get("DestLinkedid", "")


def _agent(block: Block, contexts: Collection[str]) -> dict[str, str]:
    channel = block.get("DestChannel") or block.get("Interface", "")
    return {"kind": "answered", "extension": extension_in(channel)}


def _gives_up(block: Block, contexts: Collection[str]) -> dict[str, str]:
    return {"kind": "abandoned"}


def _held(block: Block, contexts: Collection[str]) -> dict[str, str]:
    return {"kind": "held"}


def _resumed(block: Block, contexts: Collection[str]) -> dict[str, str]:
    return {"kind": "resumed"}


def _transferred(block: Block, contexts: Collection[str]) -> dict[str, str]:
    """The number that is dialled for it; a queue or an outside line rings nobody of itself."""
    if block.get("Result", "Success") != "Success":
        return {}
    return {
        "kind": "transferred", "extension": block.get("Extension", ""),
        "call": block.get("TransfereeLinkedid") or block.get("TransfererLinkedid", ""),
    }  # fmt: skip


def _handed_over(block: Block, contexts: Collection[str]) -> dict[str, str]:
    """After asking: whoever was asked talks to the caller already."""
    extension = extension_in(block.get("TransferTargetChannel", ""))
    extension = extension or _number(block, "SecondTransfererConnectedLineNum")
    call = block.get("TransfereeLinkedid") or block.get("OrigTransfererLinkedid", "")
    if block.get("Result", "Success") != "Success" or not extension:
        return {}
    return {"kind": "answered", "extension": extension, "call": call}


def _application(block: Block, contexts: Collection[str]) -> dict[str, str]:
    return {"kind": "voicemail"} if block.get("Application") == "VoiceMail" else {}


def _hung_up(block: Block, contexts: Collection[str]) -> dict[str, str]:
    """The call is over when its first channel is."""
    return {"kind": "ended"} if block.get("Uniqueid") == block.get("Linkedid") else {}


_READ: dict[str, Callable[[Block, Collection[str]], dict[str, str]]] = {
    "Newchannel": _new,
    "QueueCallerJoin": _queued,
    "DialBegin": _rings,
    "DialEnd": _dial_ends,
    "AgentConnect": _agent,
    "QueueCallerAbandon": _gives_up,
    "Hold": _held,
    "Unhold": _resumed,
    "BlindTransfer": _transferred,
    "AttendedTransfer": _handed_over,
    "Newexten": _application,
    "Hangup": _hung_up,
}
