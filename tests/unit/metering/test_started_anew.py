"""Timers of the stall watch that could not be started once are started anew for the next window."""

import errno
import os

import pytest

from harness.companion import Program
from harness.metering import stall_watch
from harness.metering.stall_timer import GOES_FIRST, Began, Order, Seen
from harness.metering.stall_watch import UNPRIVILEGED, StallWatch
from harness.model.errors import RuntimeFault
from harness.model.host import CpuLayout

LAYOUT = CpuLayout(server=(0,), generator=(1,), database=(1,))


class Timer:
    """In a timer's place: it can be started where `refusals` has nothing left for it."""

    refusals: list[Exception | None]
    started: int
    scheduling: str

    def __init__(self, title: str, program: Program) -> None:
        del program
        self.title = title
        self.pid = 1
        self._order = Order(order="begin")
        type(self).started += 1
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            raise refusal

    def send(self, order: Order) -> None:
        self._order = order

    def line_by(self, deadline_s: float) -> bytes:
        del deadline_s
        if self._order.order == "begin":
            return Began(scheduling=self.scheduling).model_dump_json().encode()
        return Seen(from_ns=1, to_ns=2, stalls=()).model_dump_json().encode()

    def close(self) -> None:
        """It holds nothing."""


@pytest.fixture
def timer(monkeypatch: pytest.MonkeyPatch) -> type[Timer]:
    made = type("Made", (Timer,), {"refusals": [], "started": 0, "scheduling": GOES_FIRST})
    monkeypatch.setattr(stall_watch, "Companion", made)
    return made


def is_read(watch: StallWatch) -> bool:
    """Whether a window has a reading."""
    watch.begin()
    return watch.end(0) is not None


@pytest.mark.parametrize(
    "refusal",
    [
        OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)),
        RuntimeFault("the stall watch of CPU 0 hangs; the last it logged:\n(nothing)", hint="run it by hand"),
    ],
)
def test_one_failed_restart_costs_one_reading(timer: type[Timer], refusal: Exception) -> None:
    watch = StallWatch(LAYOUT)
    assert is_read(watch)
    watch.close()  # as where one has died
    timer.refusals[:] = [None, refusal]
    assert not is_read(watch)
    assert watch.pids == ()
    assert is_read(watch)
    assert watch.why_not() is None


def test_it_is_said_why_as_long_as_it_fails(timer: type[Timer]) -> None:
    watch = StallWatch(LAYOUT)
    timer.refusals[:] = [RuntimeFault("the stall watch of CPU 0 hangs; the last it logged:\n(nothing)", hint="")]
    assert watch.why_not() == "the stall watch of CPU 0 hangs"
    assert watch.holders_unseen() is None
    assert watch.why_not() is None


def test_where_none_may_go_first_it_is_not_tried_again(timer: type[Timer]) -> None:
    watch = StallWatch(LAYOUT)
    timer.scheduling = "SCHED_OTHER"
    assert watch.why_not() == UNPRIVILEGED
    tried = timer.started
    assert not is_read(watch)
    assert watch.why_not() == UNPRIVILEGED
    assert timer.started == tried


def test_another_host_s_cpus_are_never_tried(timer: type[Timer]) -> None:
    layout = LAYOUT.model_copy(update={"load_host_apart": True})
    assert not is_read(StallWatch(layout))
    assert timer.started == 0
