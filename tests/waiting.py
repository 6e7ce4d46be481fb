"""Waiting for events in place of times, and measuring until the host leaves a measurement alone.

A test passes on any host, however slow, busy or throttled. So nothing here says how long something may take: the one
bound is for what never happens.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

import pytest

from harness.model.errors import OutOfStep

PATIENCE_S: Final = 600.0
"""After so long, what is waited for will not happen."""

_PAUSE_S: Final = 0.02
_ATTEMPTS: Final = 20
_LEAST_S: Final = 120.0
"""For so long at least it is tried again: what the tests beside it do to the host does not last longer."""


def eventually[T](look: Callable[[], T], what: str) -> T:
    """The first true value of `look`; the test fails where it never comes."""
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        if found := look():
            return found
        time.sleep(_PAUSE_S)
    pytest.fail(f"never happened: {what}")


def in_step[T](measure: Callable[[], T]) -> T:
    """What is measured once the workers begin together, as they don't where the host stalls one of them."""

    def begun() -> T | None:
        try:
            return measure()
        except OutOfStep:
            return None

    return eventually(begun, "workers that begin together")


def undisturbed[T](measure: Callable[[], T], check: Callable[[T], None]) -> T:
    """Measure something of known size until `check` finds it right.

    A busy host makes what is timed late, and only ever late. So some measurement is met by no stall and has the right
    value; or none ever has, and the fault is in what measures. Only for what a stall can spoil: counts and sums are
    asserted at once.
    """
    begun_s = time.monotonic()
    attempts = 0
    while True:
        found = measure()
        attempts += 1
        try:
            check(found)
        except AssertionError:
            if attempts < _ATTEMPTS or time.monotonic() - begun_s < _LEAST_S:
                continue
            raise
        return found


class Running(Protocol):
    """A command under way: `subprocess.Popen`, or `tests.warm.Begun`."""

    returncode: Any

    def poll(self) -> int | None: ...
    def communicate(self) -> tuple[str, str]: ...


def has_come_to(run: Running, record: str, folder: Path, *, times: int = 1) -> None:
    """Wait until a run below this folder has written a record that contains `record`, so many times."""

    def found() -> bool:
        written = sum(file.read_text().count(record) for file in folder.glob("reports/2*/windows.jsonl"))
        return written >= times or run.poll() is not None

    eventually(found, f"{record} in the records of a run")
    if run.poll() is not None:
        pytest.fail(f"the run ended with {run.returncode} before {record} came: {run.communicate()[1]}")
