"""The events of a feed, as they come in a `text/event-stream` body: one reader for the checks and for the load.

Source of the format: WHATWG HTML, "Server-sent events", section "Interpreting an event stream". Lines may end in CR LF,
LF or CR, fields may come in any order, and comments may stand between them.
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from harness.contract.strict_json import parsed_json

INTERVALS_MS: Final = range(10, 60_001)
"""What may be asked for between two events."""

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_BLOCK_END: Final = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")
_NUMBER: Final = re.compile(r"\s*([0-9]{1,18})\s*", re.ASCII)
_TOO_LARGE: Final = 10**18
"""Events are counted in 64 bits."""
_USUAL: Final = re.compile(
    rb'id: ?([1-9]\d{0,17})\ndata: ?\{"sequence": ?([1-9]\d{0,17}), ?"sent_at_ns": ?([1-9]\d{0,18})\}'
)
"""How nearly every feed spells an event. Under load, thousands of them come in a second."""
_BYTE_ORDER_MARK: Final = "\ufeff"
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event, whatever it says."""

    id: str | None
    data: str


class NumberedEvent(NamedTuple):
    """One event of the contract's feed."""

    number: int
    """Its id."""
    sequence: int
    """Its number once more, in its data."""
    sent_at_ns: int


def cut_blocks(body: bytes) -> tuple[list[bytes], bytes]:
    """The complete blocks of lines, each of which may hold an event, and the rest, to which more will come.

    A block is complete with its empty line, at once: where that ends in a CR, an LF that comes later still belongs to
    it. That CR is left in the rest, as an empty line before the next block, which means nothing.
    """
    if b"\r" not in body:
        *blocks, rest = body.split(b"\n\n")
        return blocks, rest
    blocks, start = [], 0
    for end in _BLOCK_END.finditer(body):
        blocks.append(body[start : end.start()])
        start = end.end()
    if start == len(body) and body.endswith(b"\r"):
        start -= 1
    return blocks, body[start:]


def read_event(block: bytes) -> ServerSentEvent | None:
    """What a block says; None where it holds no data, but only comments, for example."""
    event_id: str | None = None
    data: list[str] = []
    for line in _LINE_END.split(block.decode(errors="replace").removeprefix(_BYTE_ORDER_MARK)):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id" and "\0" not in value:
            event_id = value
        elif name == "data":
            data.append(value)
    return ServerSentEvent(event_id, "\n".join(data)) if data else None


def read_numbered(block: bytes) -> NumberedEvent | None:
    """The numbers in a block; None where it holds no data.

    Raises:
        ValueError: it holds an event, but not one of the contract's feed; the text shows it and says why not.
    """
    if usual := _USUAL.fullmatch(block):
        return NumberedEvent(int(usual[1]), int(usual[2]), int(usual[3]))
    event = read_event(block)
    return None if event is None else _numbered(event)


def _numbered(event: ServerSentEvent) -> NumberedEvent:
    shown = f"an event with id {event.id} and data {event.data[:_SHOWN]}"
    number = _NUMBER.fullmatch(event.id or "")
    if number is None:
        raise ValueError(f"{shown}: its id is no number")
    try:
        data = parsed_json(event.data)
    except ValueError as error:
        raise ValueError(f"{shown}: no JSON ({error})") from None
    match data:
        case {"sequence": int(sequence), "sent_at_ns": int(sent_at_ns), **others} if not others:
            if bool not in {type(sequence), type(sent_at_ns)} and abs(sequence) < _TOO_LARGE:
                return NumberedEvent(int(number[1]), sequence, sent_at_ns)
    raise ValueError(f"{shown}: not just sequence and sent_at_ns, both integers")
