"""What a request costs the engine. Not a test: it prints figures to compare before and after a change.

    python benchmarks/engine.py [--rounds N]

It measures three things, several times in turn, and prints medians with quartiles:

1. **In memory**: the innermost loop alone (receive, parse, verify, record, build the next request), with sockets
   replaced by functions that return a right answer at once. No system call is in it, so it repeats within some
   percent even on a busy host: this is the figure to watch when changing `harness/load/engine.py`,
   `connection.py` or `harness/contract/answers.py`. Per endpoint, because requests and answers differ.
   `hello recognised` is the short way for bytes that were found right before; `hello parsed` is the way through the
   parser, made necessary by a `Date` header that changes.
2. **Against the responder**: CPU time per request of the whole driver process, kernel included, beside wrk's where it
   is installed, both against the same responder in turn. Compare the *ratio*: it is formed within each turn, so that
   a slow phase of the host hits both. Throughput is left to `bench calibrate`: it depends on who else computes.
3. **A chat in memory**: what a message costs at each member that it comes to, likewise without any system call: taken
   from its frame, known by its bytes and kept (`received`), and accounted for when the window is over (`accounted`);
   and what it costs to frame and mask it, once, before the window (`framed`).

Absolute figures of different hosts, or of different days, are not comparable.
"""

import argparse
import itertools
import json
import os
import socket
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from harness.contract.answers import EXCHANGES, world_row
from harness.contract.dataset import expected_fortunes
from harness.contract.exchange import Exchange
from harness.contract.items import items
from harness.contract.orders import OrderKey
from harness.load.assignment import Assignment
from harness.load.calibration.responder import Responder
from harness.load.calibration.rivals import EngineGenerator, Wrk
from harness.load.client import Driver
from harness.load.closed_loop import ClosedLoop
from harness.load.connection import Connection, Phase
from harness.load.crowds.chat import Company, Entrance
from harness.load.crowds.chat_script import written
from harness.load.crowds.crowd import Course
from harness.load.crowds.web_socket import FrameReader, Opcode, frame
from harness.load.engine import Engine
from harness.load.tally import WindowTally
from harness.model.app import Endpoint
from harness.model.cell import WAIT_MS
from harness.model.crowds.chat import ChatSpec
from harness.model.window import Mode

CONNECTIONS = 32
BATCHES = 600
LEARNING = 60
"""Batches at the start that do not count: the first answers show how an app spells them."""
READABLE = 1
COLUMNS = 24
SHORT = 126
"""From so many bytes on, the length of a frame takes 16 bits."""

VALUES: dict[Endpoint, Callable[[Any], object]] = {
    Endpoint.JSON: lambda _: {"message": "Hello, World!"},
    Endpoint.ITEMS: lambda key: items(*key),
    Endpoint.ORDERS: lambda key: {"error": key.wrong_field} if key.wrong_field else key.answer,
    Endpoint.DB: world_row,
    Endpoint.QUERIES: lambda key: [world_row(world_id) for world_id in key],
    Endpoint.WAIT: lambda _: {"waited": WAIT_MS},
}
"""What the endpoints that give JSON say, by the key of the request."""


def right_body(endpoint: Endpoint) -> Callable[[object], bytes]:
    """The right answer to a request, by its key."""
    if endpoint is Endpoint.HELLO:
        return lambda _: b"Hello, World!"
    if value_of := VALUES.get(endpoint):
        return lambda key: json.dumps(value_of(key)).encode()
    rows = "".join(
        f"<tr><td>{row}</td><td>{message.replace('&', '&amp;').replace('<', '&lt;')}</td></tr>"
        for row, message in expected_fortunes()
    )
    page = f"<!DOCTYPE html><table><tr><th>id</th><th>message</th></tr>{rows}</table>".encode()
    return lambda _: page


def in_memory_ns(endpoint: Endpoint, *, changing: bool) -> float:
    """Time per request of the innermost loop; `changing` gives each response other header bytes."""
    engine, tally = Engine(), WindowTally(Mode.CLOSED, 0, 2**62)
    pacing, body_of = ClosedLoop(engine), right_body(endpoint)
    exchange: Exchange[object] = EXCHANGES[endpoint]("127.0.0.1", 8000, 0)
    engine.begin(Assignment("127.0.0.1", 8000, exchange, tally, pacing, keep_alive=True, timeout_ns=10**12))
    engine.connections.extend(unconnected(engine) for _ in range(CONNECTIONS))
    pacing.start(0)
    events = [(connection.fd, READABLE) for connection in engine.connections]
    dates = itertools.cycle(range(10, 10 + CONNECTIONS + 1) if changing else [10])

    elapsed_ns = 0
    for batch in range(BATCHES):
        for connection, date in zip(engine.connections, dates, strict=False):
            body = body_of(connection.key)
            head = b"HTTP/1.1 %d Answer\r\nDate: %d\r\nContent-Length: %d\r\n\r\n"
            response = head % (right_status(connection.key), date, len(body)) + body
            connection.recv = lambda _, response=response: response
        began_ns = time.perf_counter_ns()
        engine._receive(events)  # noqa: SLF001 - this loop is what is measured
        tally.fold_if_full()
        elapsed_ns += time.perf_counter_ns() - began_ns if batch >= LEARNING else 0
    engine.end()
    if tally.responses != BATCHES * CONNECTIONS:
        sys.exit(f"the answers to {endpoint.value} were not taken for right: {tally.first_failure}")
    return elapsed_ns / (BATCHES - LEARNING) / CONNECTIONS


def chat_in_memory_ns() -> dict[str, float]:
    """Time per message of a chat, by what is done with it: each goes to all members of one room."""
    engine = Engine()
    engine.connections.extend(unconnected(engine) for _ in range(CONNECTIONS))
    spec = ChatSpec(host="127.0.0.1", port=8000, members=CONNECTIONS, room_members=CONNECTIONS, duration_s=1)
    script = written(spec, BATCHES / spec.messages_per_s)
    company = Company(engine, spec, script)
    engine.begin(
        Assignment(spec.host, spec.port, Entrance(spec, script), company, company, keep_alive=False, timeout_ns=10**12)
    )
    company.start(0)
    company.all_in(0)
    for member in company.visitors:
        member.reader, member.first_ns = FrameReader(), 1
    events = [(connection.fd, READABLE) for connection in engine.connections]
    taken_ns = 0
    for text in script.texts:
        length = bytes([len(text)]) if len(text) < SHORT else bytes([SHORT]) + len(text).to_bytes(2)
        message = bytes([0x80 | Opcode.TEXT]) + length + text
        for connection in engine.connections:
            connection.recv = lambda _, message=message: message
        began_ns = time.perf_counter_ns()
        company.receive(events)
        taken_ns += time.perf_counter_ns() - began_ns
    began_ns = time.perf_counter_ns()
    report = company.report(Course(0, 0, 0, time.monotonic_ns(), 0, 0))
    accounted_ns = time.perf_counter_ns() - began_ns
    if report.events_total != BATCHES * CONNECTIONS or report.breaches or report.disordered:
        sys.exit(f"not all messages were taken as they came: {report}")
    began_ns = time.perf_counter_ns()
    for text in script.texts:
        frame(Opcode.TEXT, text)
    framed_ns = time.perf_counter_ns() - began_ns
    engine.end()
    return {
        "received": taken_ns / report.events_total,
        "accounted": accounted_ns / report.events_total,
        "framed": framed_ns / BATCHES,
    }


def right_status(key: object) -> int:
    """The status of the right answer to a request, by its key."""
    if not isinstance(key, OrderKey):
        return 200
    return 422 if key.wrong_field else 201


def unconnected(engine: Engine) -> Connection:
    """A connection that seems open, takes every request and has no peer."""
    connection = Connection()
    connection.attach(socket.socket(), 1)
    connection.phase = Phase.OPEN
    connection.send = len
    engine.by_fd[connection.fd] = connection
    return connection


def against_responder(rounds: int) -> list[tuple[float, float | None]]:
    """CPU time per request in us, of the engine's process and of wrk's, turn by turn."""
    cpus = sorted(os.sched_getaffinity(0))
    wrk = Wrk.find((cpus[-1],))
    turns = []
    with Responder.on((cpus[0],)) as responder, Driver.on((cpus[-1],)) as driver:
        engine = EngineGenerator(driver)
        engine.measure(responder, 1)
        for _ in range(rounds):
            ours = engine.measure(responder, 1).cpu_us_per_request
            turns.append((ours, wrk.measure(responder, 1).cpu_us_per_request if wrk else None))
    return turns


def show(name: str, values: list[float], unit: str) -> None:
    """Median and quartiles on one line."""
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    print(f"{name:{COLUMNS}} {median:9.2f} {unit}  ({low:.2f} to {high:.2f})")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="measurements of each figure (default: 7)")
    rounds = max(2, parser.parse_args().rounds)

    ways = {"hello recognised": (Endpoint.HELLO, False), "hello parsed": (Endpoint.HELLO, True)}
    ways |= {endpoint.value: (endpoint, True) for endpoint in EXCHANGES if endpoint is not Endpoint.HELLO}
    measured: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (endpoint, changing) in ways.items():
            measured[name].append(in_memory_ns(endpoint, changing=changing))
    print("in memory, per request")
    for name, values in measured.items():
        show(name, values, "ns")

    chats = [chat_in_memory_ns() for _ in range(rounds)]
    print("a chat in memory, per message")
    for name in chats[0]:
        show(name, [chat[name] for chat in chats], "ns")

    turns = against_responder(rounds)
    print("against the responder, CPU time per request")
    show("engine", [ours for ours, _ in turns], "us")
    ratios = [ours / theirs for ours, theirs in turns if theirs]
    if ratios:
        show("wrk", [theirs for _, theirs in turns if theirs], "us")
        show("engine over wrk", ratios, "x ")


if __name__ == "__main__":
    main()
