"""Server-sent events are read as a browser reads them, by one reader for the checks and for the load."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.contract.event_stream import (
    NumberedEvent,
    ServerSentEvent,
    cut_blocks,
    read_event,
    read_numbered,
)

LINE_ENDS = ("\n", "\r\n", "\r")


@pytest.mark.parametrize(
    "block",
    [
        b'id: 1\ndata: {"sequence": 1, "sent_at_ns": 5}',
        b'id:1\ndata:{"sequence":1,"sent_at_ns":5}',
        b'data: {"sent_at_ns" : 5, "sequence" : 1}\nid: 1',
        b'id:  1\ndata: {"sequence": 1, "sent_at_ns": 5}',
        b'id: 1\rdata: {"sequence": 1, "sent_at_ns": 5}',
        b': a comment\r\nretry: 1000\r\nid: 1\r\ndata: {"sequence": 1,\r\ndata: "sent_at_ns": 5}',
        b'\xef\xbb\xbfid: 1\ndata: {"sequence": 1, "sent_at_ns": 5}',
        b'\n\nid: 2\nid: 1\nevent: tick\ndata: {"sequence": 1, "sent_at_ns": 5}',
    ],
    ids=["usual", "compact", "data first, spaces", "two spaces", "CR", "CR LF, two lines", "byte order mark", "twice"],
)
def test_the_spelling_of_an_event_does_not_matter(block: bytes) -> None:
    assert read_numbered(block) == NumberedEvent(1, 1, 5)


@pytest.mark.parametrize("block", [b"", b": ping", b"retry: 1000", b"id: 7", b"event: tick\nid: 7", b"\n\r\n\r"])
def test_what_holds_no_data_is_no_event(block: bytes) -> None:
    assert read_numbered(block) is None


@pytest.mark.parametrize(
    ("block", "told"),
    [
        (b'data: {"sequence": 1, "sent_at_ns": 5}', "an event with id None and data"),
        (b'id: one\ndata: {"sequence": 1, "sent_at_ns": 5}', "its id is no number"),
        (b'id: 1_0\ndata: {"sequence": 10, "sent_at_ns": 5}', "its id is no number"),
        (b"id: 1\ndata: tick", "no JSON"),
        (b'id: 1\ndata: {"sequence": 1, "sequence": 2, "sent_at_ns": 5}', "'sequence' more than once"),
        (b'id: 1\ndata: {"sequence": "1", "sent_at_ns": 5}', "both integers"),
        (b'id: 1\ndata: {"sequence": true, "sent_at_ns": 5}', "both integers"),
        (b'id: 1\ndata: {"sequence": 1.0, "sent_at_ns": 5}', "both integers"),
        (b'id: 1\ndata: {"sequence": 1}', "both integers"),
        (b'id: 1\ndata: {"sequence": 1, "sent_at_ns": 5, "more": 0}', "not just sequence"),
        (b'id: 1\ndata: {"sequence": 1' + b"0" * 40 + b', "sent_at_ns": 5}', "both integers"),
        (b"id: 1\ndata: [1, 5]", "both integers"),
        (b"id: 1\ndata:", "no JSON"),
    ],
)
def test_another_event_is_refused_with_what_it_was(block: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=r"^an event with id ") as refused:
        read_numbered(block)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "end", [first + second for first in LINE_ENDS for second in LINE_ENDS if first + second != "\r\n"]
)
def test_an_event_is_complete_with_its_empty_line_however_lines_end(end: str) -> None:
    blocks, rest = cut_blocks(f"id: 1\ndata: a{end}".encode())
    assert [read_event(block) for block in blocks] == [ServerSentEvent("1", "a")]
    assert not rest.strip()


@pytest.mark.parametrize("unended", ["id: 1\ndata: a", "id: 1\ndata: a\n", "id: 1\rdata: a\r\n", "id: 1\rdata: a\r"])
def test_an_event_is_awaited_until_its_empty_line(unended: str) -> None:
    assert cut_blocks(unended.encode()) == ([], unended.encode())


def spelled(event: NumberedEvent, form: int, line_end: str) -> str:
    """One of the ways to write an event."""
    data = {"sequence": event.sequence, "sent_at_ns": event.sent_at_ns}
    compact = json.dumps(data, separators=(",", ":"))
    lines = [
        [f"id: {event.number}", f"data: {json.dumps(data)}"],
        [f"id:{event.number}", f"data:{compact}"],
        [f"data: {json.dumps(data, separators=(' , ', ' : '))}", f"id:   {event.number}"],
        [": ping", "event: tick", f"id: {event.number}", *(f"data: {part}" for part in compact.partition(","))],
    ][form]
    return line_end.join([*lines, "", ""])


events = st.lists(
    st.tuples(
        st.builds(
            NumberedEvent,
            st.integers(1, 10**9),
            st.integers(1, 10**9),
            st.integers(1, 2 * 10**18),
        ),
        st.integers(0, 3),
        st.sampled_from(LINE_ENDS),
        st.sampled_from(["", ": comment{end}{end}", "{end}", "{end}{end}", "retry: 5{end}{end}"]),
    ),
    max_size=6,
)


@given(written=events, cuts=st.lists(st.integers(0, 2_000), max_size=12))
@settings(deadline=None)
def test_a_stream_gives_the_same_events_whole_or_cut_anywhere(
    written: list[tuple[NumberedEvent, int, str, str]], cuts: list[int]
) -> None:
    """Among them cuts between CR and LF, and line ends that change from event to event."""
    stream = "".join(
        between.format(end=line_end) + spelled(event, form, line_end) for event, form, line_end, between in written
    ).encode()
    places = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    found: list[NumberedEvent] = []
    rest = b""
    for start, end in itertools.pairwise(places):
        blocks, rest = cut_blocks(rest + stream[start:end])
        found += [event for block in blocks if (event := read_numbered(block)) is not None]
    assert found == [event for event, *_ in written]
    assert not rest.strip()


@given(
    st.lists(
        st.sampled_from(
            ["id", "data", ":", " ", "1", "0", "7", '{"sequence": 1, "sent_at_ns": 2}', "\n", "\r", "\r\n", "é", "\0"]
        ),
        max_size=30,
    ).map("".join)
)
@settings(deadline=None)
def test_what_is_read_does_not_depend_on_where_it_is_cut_whatever_it_is(text: str) -> None:
    """Of anything, right or wrong: byte by byte, blocks mean what they mean in one piece."""

    def meant(blocks: list[bytes]) -> list[ServerSentEvent]:
        return [event for block in blocks if (event := read_event(block)) is not None]

    stream = text.encode()
    found: list[bytes] = []
    rest = b""
    for at in range(len(stream)):
        blocks, rest = cut_blocks(rest + stream[at : at + 1])
        found += blocks
    assert meant(found) == meant(cut_blocks(stream)[0])


@given(number=st.integers(0, 10**18), sequence=st.integers(0, 10**18), sent=st.integers(0, 10**20), space=st.booleans())
def test_the_short_way_reads_what_the_long_way_reads(number: int, sequence: int, sent: int, *, space: bool) -> None:
    gap = " " if space else ""
    usual = f'id:{gap}{number}\ndata:{gap}{{"sequence":{gap}{sequence},{gap}"sent_at_ns":{gap}{sent}}}'.encode()
    # A line that means nothing takes it off the short way.
    assert outcome(usual) == outcome(usual + b"\nretry: 1")


def outcome(block: bytes) -> NumberedEvent | str | None:
    try:
        return read_numbered(block)
    except ValueError as refused:
        return str(refused)
