"""What is made of meters that were read late, on this host or on another."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from harness.metering.reading import MeterReading
from harness.metering.witness import MAX_LATE_SHARE, FarWitness, NearWitness
from harness.model.window import Phase
from tests.waiting import undisturbed

A_DAY_NS = 86_400 * 10**9


class Elsewhere:
    """Meters of a host whose clock is a day ahead, at the end of a line that takes its time."""

    def __init__(self, delay_s: float, *, limited: bool = False, database_s: float = 0.0) -> None:
        self._delay_s = delay_s
        self._limited = limited
        self._database_s = database_s

    def read(self) -> MeterReading:
        at_ns = time.monotonic_ns() + A_DAY_NS
        time.sleep(self._delay_s)
        read_ns = time.monotonic_ns()
        time.sleep(self._database_s)
        return MeterReading(
            at_ns=at_ns,
            server_cpu_ns=at_ns // 2,
            database_cpu_ns=at_ns // 4,
            steal_ns=0,
            throttled_ns=at_ns // 4 if self._limited else 0,
            after_ns=time.monotonic_ns() - read_ns,
        )


def window(witness: FarWitness | NearWitness, seconds: float) -> None:
    for event in ("opened", "closed"):
        witness.on_phase(Phase.model_validate({"event": event, "at_ns": time.monotonic_ns()}))
        time.sleep(seconds)


def saw_all(witness: FarWitness | NearWitness) -> None:
    """A stalled host may make the readings too late to be used."""
    assert witness.saw() is not None


def test_rates_and_stretch_are_by_the_other_host_s_clock() -> None:
    def seen() -> FarWitness:
        with ThreadPoolExecutor(1) as reader:
            witness = FarWitness(Elsewhere(0.002), reader)
            window(witness, 0.3)
            return witness

    witness = undisturbed(seen, saw_all)
    meter = witness.saw()
    assert meter is not None
    assert meter.server_cpu_ns / meter.elapsed_ns == pytest.approx(0.5, abs=1e-6)
    assert meter.late_ns is not None
    assert 2e6 <= meter.late_ns <= MAX_LATE_SHARE * meter.elapsed_ns
    opened, closed = witness.stretch()
    assert closed.at_ns - opened.at_ns == meter.elapsed_ns
    assert opened.at_ns > time.monotonic_ns() + A_DAY_NS // 2


def test_readings_that_come_too_late_tell_nothing() -> None:
    with ThreadPoolExecutor(1) as reader:
        witness = FarWitness(Elsewhere(0.3), reader)
        window(witness, 0.05)
        assert witness.saw() is None


def test_readings_of_this_host_have_no_delay_to_tell_of() -> None:
    def seen() -> NearWitness:
        with ThreadPoolExecutor(1) as reader:
            witness = NearWitness(Elsewhere(0.0), reader)
            window(witness, 0.2)
            return witness

    witness = undisturbed(seen, saw_all)
    meter = witness.saw()
    assert meter is not None
    assert meter.late_ns is None
    assert witness.stretch() == tuple(witness.phases)


def test_a_first_reading_that_comes_late_is_of_a_server_under_load_all_the_same() -> None:
    def seen() -> NearWitness:
        with ThreadPoolExecutor(1) as reader:
            reader.submit(time.sleep, 0.1)
            witness = NearWitness(Elsewhere(0.0), reader)
            window(witness, 0.3)
            return witness

    def check(witness: NearWitness) -> None:
        meter = witness.saw()
        assert meter is not None
        assert meter.elapsed_ns < 0.25e9
        assert meter.server_cpu_ns / meter.elapsed_ns == pytest.approx(0.5, abs=1e-6)

    undisturbed(seen, check)


def test_a_first_reading_that_comes_late_with_the_load_is_left_out() -> None:
    """The driver stood still as the stretch began, so that the server did: what it did later is not of all of it."""
    with ThreadPoolExecutor(1) as reader:
        witness = NearWitness(Elsewhere(0.0), reader)
        begun_ns = time.monotonic_ns()
        time.sleep(0.1)
        witness.on_phase(Phase(event="opened", at_ns=begun_ns, late_ns=time.monotonic_ns() - begun_ns))
        time.sleep(0.2)
        witness.on_phase(Phase(event="closed", at_ns=time.monotonic_ns()))
        assert witness.saw() is None


def test_a_first_reading_that_comes_late_under_a_cpu_limit_is_left_out() -> None:
    """What stopped the reader may have stopped the server."""
    with ThreadPoolExecutor(1) as reader:
        held_up = Event()
        reader.submit(held_up.wait)
        witness = NearWitness(Elsewhere(0.0, limited=True), reader)
        witness.on_phase(Phase(event="opened", at_ns=time.monotonic_ns()))
        time.sleep(0.1)
        held_up.set()
        time.sleep(0.2)
        witness.on_phase(Phase(event="closed", at_ns=time.monotonic_ns()))
        assert witness.saw() is None


def test_readings_in_time_count_under_a_cpu_limit() -> None:
    def seen() -> NearWitness:
        with ThreadPoolExecutor(1) as reader:
            witness = NearWitness(Elsewhere(0.0, limited=True), reader)
            window(witness, 0.3)
            return witness

    undisturbed(seen, saw_all)


def test_a_last_reading_that_comes_late_is_left_out_since_the_server_rests_by_then() -> None:
    with ThreadPoolExecutor(1) as reader:
        witness = NearWitness(Elsewhere(0.0), reader)
        witness.on_phase(Phase(event="opened", at_ns=time.monotonic_ns()))
        time.sleep(0.2)
        reader.submit(time.sleep, 0.05)
        witness.on_phase(Phase(event="closed", at_ns=time.monotonic_ns()))
        assert witness.saw() is None


def test_where_the_end_is_known_the_last_reading_is_there_before_the_driver_says_so() -> None:
    """The driver goes first, and has its report to write: who waits for its word is late, and the server rests."""

    def seen() -> NearWitness:
        with ThreadPoolExecutor(1) as reader:
            witness = NearWitness(Elsewhere(0.0), reader, duration_s=0.3)
            opened_ns = time.monotonic_ns()
            witness.on_phase(Phase(event="opened", at_ns=opened_ns))
            time.sleep(0.4)
            witness.on_phase(Phase(event="closed", at_ns=opened_ns + 300_000_000))
            return witness

    def check(witness: NearWitness) -> None:
        meter = witness.saw()
        assert meter is not None
        assert 0.27e9 < meter.elapsed_ns < 0.3e9
        assert meter.server_cpu_ns / meter.elapsed_ns == pytest.approx(0.5, abs=1e-6)

    undisturbed(seen, check)


def test_a_stretch_that_ended_sooner_is_not_waited_for() -> None:
    with ThreadPoolExecutor(1) as reader:
        witness = NearWitness(Elsewhere(0.0), reader, duration_s=600)
        witness.on_phase(Phase(event="opened", at_ns=time.monotonic_ns()))
        witness.on_phase(Phase(event="closed", at_ns=time.monotonic_ns()))
        assert witness.saw() is None  # Of a stretch of ten minutes it saw next to nothing.


def test_nor_is_one_of_which_nothing_more_comes() -> None:
    with ThreadPoolExecutor(1) as reader:
        witness = NearWitness(Elsewhere(0.0), reader, duration_s=600)
        witness.on_phase(Phase(event="opened", at_ns=time.monotonic_ns()))
        witness.dismiss()


def test_readings_that_were_long_in_the_making_are_left_out() -> None:
    with ThreadPoolExecutor(1) as reader:
        witness = NearWitness(Elsewhere(0.05), reader)
        window(witness, 0.2)
        assert witness.saw() is None


def test_readings_that_cover_but_a_little_of_the_window_are_left_out() -> None:
    with ThreadPoolExecutor(1) as reader:
        over = Event()
        reader.submit(over.wait)  # It had something else to do until the window was over.
        witness = NearWitness(Elsewhere(0.0), reader)
        window(witness, 0.2)
        over.set()
        assert witness.saw() is None


def test_a_database_that_takes_long_to_read_costs_its_own_cpu_time_and_not_the_server_s() -> None:
    def seen() -> NearWitness:
        with ThreadPoolExecutor(1) as reader:
            witness = NearWitness(Elsewhere(0.0, database_s=0.05), reader)
            window(witness, 0.3)
            return witness

    meter = undisturbed(seen, saw_all).saw()
    assert meter is not None
    assert meter.server_cpu_ns / meter.elapsed_ns == pytest.approx(0.5, abs=1e-6)
    assert meter.database_cpu_ns is None
