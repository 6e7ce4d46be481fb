"""A load driver that can't be started loses the windows meanwhile, and not the run."""

from types import SimpleNamespace
from typing import Any

import pytest

from harness.measure import instruments as measuring
from harness.measure.instruments import Instruments
from harness.model.crowds.feed import FeedSpec
from harness.model.errors import RuntimeFault
from tests.unit.results.sample import FLASK_JSON, TWO_CPUS, window_of


class Driver:
    """In the driver's place: each that is started has one of these to be found out about."""

    def __init__(self, *, usable: bool) -> None:
        self.usable = usable
        self.scheduling = "SCHED_FIFO"
        self.closed = False

    def window(self, *_: object) -> None:
        raise RuntimeFault("the load driver said no", hint="")

    feed = window

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def instruments(monkeypatch: pytest.MonkeyPatch) -> Any:
    """With a server that nobody loads, and a speed probe that is none."""
    monkeypatch.setattr(measuring, "SpeedProbe", lambda _: SimpleNamespace(close=lambda: None))
    runtime: Any = SimpleNamespace(
        driver=None, speed_probe=None, prefer_driver=lambda: None, meter=lambda *_: SimpleNamespace(read=lambda: None)
    )
    with Instruments(TWO_CPUS, runtime) as made:
        yield made


def start(monkeypatch: pytest.MonkeyPatch, *drivers: Driver | RuntimeFault) -> list[object]:
    """Have these started, one after the other; returns those that are left."""
    left = list(drivers)

    def started(_: object) -> Driver:
        match left.pop(0):
            case RuntimeFault() as fault:
                raise fault
            case driver:
                return driver

    monkeypatch.setattr(measuring.Driver, "start", started)
    return left  # type: ignore[return-value]


def lost(instruments: Any) -> str | None:
    window = window_of(FLASK_JSON)
    server: Any = SimpleNamespace(pids=lambda: (), memory=lambda: SimpleNamespace(pss_bytes=1, charged_bytes=1))
    found = instruments.take(window, window.spec, server, None)
    assert found.report is None
    return found.lost


def refused(times: int) -> RuntimeFault:
    return RuntimeFault(f"the load driver hangs, for the {times}. time", hint="")


def test_a_driver_that_does_not_start_loses_the_window_and_is_not_started_twice_for_it(
    monkeypatch: pytest.MonkeyPatch, instruments: Any
) -> None:
    left = start(monkeypatch, refused(1), refused(2), Driver(usable=True))
    assert lost(instruments) == "the load driver hangs, for the 1. time"
    assert len(left) == 2
    assert lost(instruments) == "the load driver hangs, for the 2. time"
    assert lost(instruments) == "the load driver said no"


def test_so_it_is_with_a_crowd(monkeypatch: pytest.MonkeyPatch, instruments: Any) -> None:
    start(monkeypatch, refused(1), refused(2))
    server: Any = SimpleNamespace(memory=lambda: SimpleNamespace(pss_bytes=1, charged_bytes=1))
    spec = FeedSpec(host="127.0.0.1", port=1, subscribers=1, duration_s=1)
    found = instruments.take_crowd(window_of(FLASK_JSON), spec, server, None)
    assert found.lost == "the load driver hangs, for the 1. time"


@pytest.mark.parametrize("usable", [True, False])
def test_a_driver_that_is_of_no_use_any_more_is_replaced_and_any_other_kept(
    monkeypatch: pytest.MonkeyPatch, instruments: Any, *, usable: bool
) -> None:
    driver = Driver(usable=usable)
    left = start(monkeypatch, driver, Driver(usable=True))
    for _ in range(2):
        assert lost(instruments) == "the load driver said no"
    assert driver.closed != usable
    assert len(left) == usable
