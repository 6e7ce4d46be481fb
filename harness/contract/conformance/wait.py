"""Whether `/wait` waits as long as it was asked to, alone and with others."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from harness.contract.conformance.crowd_hints import hint_under_load
from harness.contract.conformance.message import WireFault
from harness.contract.conformance.server_under_test import Check, Question, ServerUnderTest, Wrong, ask_wait
from harness.model.app import Endpoint

MAX_WAIT_MS: Final = 10_000
"""The longest that may be asked for."""
_WAITS_MS: Final = (0, 30, 150)
_ATTEMPTS: Final = 3
"""The shortest of so many counts as the time the app takes: a busy host only makes waits longer."""
_EARLY_MS: Final = 2.0
"""Event loops may fire a timer early by the resolution of their clock."""
_LATE_MS: Final = 100.0
"""What may come on top of the wait, in the best of the attempts."""

_TOGETHER: Final = 8
_TOGETHER_MS: Final = 200


def _duration(server: ServerUnderTest) -> str:
    found = []
    for wait_ms in _WAITS_MS:
        took_ms = [_timed_ms(server, ask_wait(wait_ms)) for _ in range(_ATTEMPTS)]
        shortest = min(took_ms)
        if shortest < wait_ms - _EARLY_MS:
            raise Wrong(f"GET /wait?ms={wait_ms}: answered after {shortest:.1f} ms, too early")
        if shortest > wait_ms + _LATE_MS:
            raise Wrong(
                f"GET /wait?ms={wait_ms}: answered after {shortest:.1f} ms at the earliest",
                hint="ms counts milliseconds: divide by 1000 where the framework sleeps in seconds",
            )
        found.append(f"{wait_ms} ms took {shortest:.0f}")
    return ", ".join(found)


def _together(server: ServerUnderTest) -> str:
    """How long several waits take together is reported; a server with one thread needs the sum."""
    questions = [ask_wait(_TOGETHER_MS + place) for place in range(_TOGETHER)]
    began = time.monotonic()
    with ThreadPoolExecutor(_TOGETHER) as pool:
        for complaint in pool.map(lambda question: _complaint(server, question), questions):
            if complaint is not None:
                raise complaint
    took_s = time.monotonic() - began
    return f"{_TOGETHER} waits of {_TOGETHER_MS} ms took {took_s:.2f} s together"


def _timed_ms(server: ServerUnderTest, question: Question) -> float:
    with server.connect() as connection:
        began = time.monotonic()
        response = connection.exchange(server.request(question))
        took_ms = (time.monotonic() - began) * 1000
    server.expect_right(question, response)
    return took_ms


def _complaint(server: ServerUnderTest, question: Question) -> Wrong | None:
    try:
        server.ask(question)
    except Wrong as wrong:
        return Wrong(wrong.found, hint=hint_under_load(wrong) or wrong.hint)
    except WireFault as fault:
        return Wrong(str(fault), hint=hint_under_load(fault))
    return None


CHECKS: Final = (
    Check(
        name="duration",
        endpoint=Endpoint.WAIT,
        expected="the answer after at least the milliseconds asked for, and not much more",
        hint="await the event loop's sleep, or block the thread, for the time asked for before answering",
        run=_duration,
        lengthy=True,
    ),
    Check(
        name="waits together",
        endpoint=Endpoint.WAIT,
        expected="each of several waits at once answered with its own time",
        hint="keep the time to wait in the request, not in the application",
        run=_together,
        lengthy=True,
    ),
)
