"""Whether anybody had something to do for the server's CPU."""

import os
import subprocess
import sys
from pathlib import Path

from harness.host.cpus import allowed_cpus
from harness.metering.meter import Meter
from tests.waiting import eventually

CPU = allowed_cpus()[-1]
SPINNER = f"import os; os.sched_setaffinity(0, {{{CPU}}})\nprint(flush=True)\nwhile True: pass"
TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


class Nothing:
    """A server that does nothing."""

    def cpu_ns(self) -> int:
        return 0

    def throttled_ns(self) -> int:
        return 0


def cpu_ns(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11]) * TICK_NS


def test_a_cpu_that_others_keep_busy_is_not_idle_meanwhile() -> None:
    """Idle time and what somebody else used are no more than the time that went by; only since boot was there more."""
    meter = Meter(Nothing(), None, [CPU], [CPU])
    with subprocess.Popen([sys.executable, "-c", SPINNER], stdout=subprocess.PIPE) as spinner:
        try:
            assert spinner.stdout
            spinner.stdout.readline()
            opened, spent_ns = meter.read(), cpu_ns(spinner.pid)
            eventually(lambda: cpu_ns(spinner.pid) - spent_ns > 300_000_000, "a spinner that spins")
            spent_ns = cpu_ns(spinner.pid) - spent_ns
            meters = opened.until(meter.read())
        finally:
            spinner.kill()
    assert meters.server_idle_ns is not None
    assert meters.server_idle_ns <= meters.elapsed_ns - spent_ns + 5 * TICK_NS
    assert opened.server_idle_ns


def test_where_it_is_not_asked_for_it_is_not_known() -> None:
    meter = Meter(Nothing(), None, [CPU])
    assert meter.read().until(meter.read()).server_idle_ns is None
