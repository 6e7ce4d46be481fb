"""The speed probe as a process: it measures, and is gone afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from harness.metering.speed_probe import SpeedProbe
from harness.model.errors import RuntimeFault
from harness.model.window import Phase
from tests.waiting import eventually, undisturbed


@pytest.fixture
def probe() -> Iterator[SpeedProbe]:
    """A probe on one of this process's CPUs, that has begun to take samples."""
    made = SpeedProbe.on((min(os.sched_getaffinity(0)),))
    eventually(lambda: made.between(instant(-0.1), instant()), "a sample")
    yield made
    made.close()
    assert not psutil.pid_exists(made.pid)


def instant(seconds_from_now: float = 0.0) -> Phase:
    return Phase(event="opened", at_ns=time.monotonic_ns() + int(seconds_from_now * 1e9))


def test_a_stretch_has_its_own_samples(probe: SpeedProbe) -> None:
    """A hundred a second, each some microseconds long; none from before the probe was there."""

    def half_a_second() -> tuple[Phase, Phase]:
        opened = instant()
        time.sleep(0.5)
        return opened, instant()

    def check(stretch: tuple[Phase, Phase]) -> None:
        opened, closed = stretch
        found = probe.between(opened, closed)
        assert found is not None
        assert 20 <= found.samples <= (closed.at_ns - opened.at_ns) / 10e6 + 1
        half = probe.between(opened, Phase(event="closed", at_ns=(opened.at_ns + closed.at_ns) // 2))
        assert half is not None
        assert half.samples < found.samples

    opened, closed = undisturbed(half_a_second, check)
    found = probe.between(opened, closed)
    assert found is not None
    assert found.work_ns > 1e3
    assert probe.between(instant(-1e6), instant(-0.9e6)) is None


@pytest.mark.fault(
    where="generator",
    what="The speed probe dies",
    happens="Windows are taken without the host's speed until another is started.",
    lost="The host's speed in one window",
    exit_code=0,
)
def test_a_killed_probe_is_reported(probe: SpeedProbe) -> None:
    os.kill(probe.pid, signal.SIGKILL)
    with pytest.raises(RuntimeFault, match="speed probe"):
        probe.between(instant(-1), instant())


def test_it_ends_with_a_killed_harness() -> None:
    code = (
        "import time, harness.metering.speed_probe as s; print(s.SpeedProbe.on((0,)).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen((sys.executable, "-c", code), stdout=subprocess.PIPE, text=True) as harness:
        pid = int(harness.stdout.readline())
        harness.kill()

    def is_gone() -> bool:
        return not Path(f"/proc/{pid}").exists() or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE

    eventually(is_gone, "the end of the probe")
