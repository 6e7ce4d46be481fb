import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from harness.host.cpus import allowed_cpus, lay_out
from harness.host.description import describe_host
from harness.host.doctor import RULES, examine
from harness.host.doctor.sample import Sample
from harness.metering.process_tree import own_cpu_ns
from harness.model.host import CpuLayout, Grade
from tests.odd_hosts import lacking
from tests.waiting import undisturbed


@pytest.fixture(scope="module")
def layout() -> CpuLayout:
    return lay_out(allowed_cpus(), {})


def test_on_this_host_every_bad_check_has_a_remedy_and_no_other_has(layout: CpuLayout) -> None:
    checks = examine(layout, None)
    assert len(checks) == len(RULES)
    for check in checks:
        assert check.value
        assert (check.remedy is not None) == (check.grade in {Grade.POOR, Grade.UNFIT}), check.name


def test_a_busy_process_is_seen_and_named(layout: CpuLayout) -> None:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        sample = Sample.take(layout)
        busy.kill()
    assert sample.others_cpus > 0.2


_RENAMED = """
import time
while time.process_time() < 1.5: pass
print("worked", flush=True)
time.sleep(0.1)
open("/proc/self/comm", "w").write("another name")
time.sleep(60)
"""


def test_a_process_that_changes_its_name_is_not_a_new_one(layout: CpuLayout) -> None:
    """Kernel workers do so all the time; what they did long ago is not done now."""
    with subprocess.Popen([sys.executable, "-c", _RENAMED], stdout=subprocess.PIPE, text=True) as renamed:
        assert renamed.stdout is not None
        renamed.stdout.readline()
        sample = Sample.take(layout)
        renamed.kill()
    assert f"(pid {renamed.pid})" not in sample.busiest


@pytest.mark.fault(
    where="host",
    what="The shell has variables that servers obey (WEB_CONCURRENCY, PYTHONPATH)",
    happens="They are kept from the servers, and named among the checks of the host.",
    lost="Nothing",
    exit_code=0,
)
def test_a_leaked_variable_is_named(layout: CpuLayout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    check = next(check for check in examine(layout, None) if check.name == "environment")
    assert check.grade is Grade.POOR
    assert "WEB_CONCURRENCY" in check.value


def test_the_host_is_described_and_its_fingerprint_is_steady() -> None:
    host = describe_host()
    assert host.cpu_count == len(os.sched_getaffinity(0))
    assert host.memory_bytes > 2**28
    assert host.fingerprint == describe_host().fingerprint


def test_connection_tracking_is_seen_where_a_rule_needs_it() -> None:
    """In a network namespace of its own, before and after a rule that asks for the state of connections."""
    if os.geteuid() != 0 or shutil.which("iptables") is None:
        lacking("making a network namespace with a packet filter takes root and iptables")
    name = "bench-test-tracking"
    inside = ("ip", "netns", "exec", name)
    ask = (
        "from harness.host.cpus import layout_here; from harness.host.doctor import examine; "
        "checks = {check.name: check for check in examine(layout_here(), None)}; "
        "print(checks['connection tracking'].grade.value)"
    )

    def grade() -> str:
        done = subprocess.run((*inside, sys.executable, "-c", ask), capture_output=True, text=True, check=True)
        return done.stdout.strip()

    subprocess.run(("ip", "netns", "delete", name), capture_output=True, check=False)
    subprocess.run(("ip", "netns", "add", name), check=True)
    try:
        subprocess.run(("ip", "-n", name, "link", "set", "lo", "up"), check=True)
        assert grade() == "good"
        rule = ("iptables", "-A", "OUTPUT", "-m", "conntrack", "--ctstate", "INVALID", "-j", "DROP")
        subprocess.run((*inside, *rule), check=True)
        assert grade() == "poor"
    finally:
        subprocess.run(("ip", "netns", "delete", name), check=True)


@pytest.mark.fault(
    where="host",
    what="It is unfit to measure, and a job asks for a fit one (`bench doctor --strict`)",
    happens="Each check says what it found, and what mends it.",
    lost="Nothing has begun",
    exit_code=6,
)
def test_the_command_tells_data_on_stdout_and_exits_with_6_where_the_host_is_unfit() -> None:
    """Pinned to one CPU, so that server and generator have to share it."""
    bench = (str(Path(sys.executable).parent / "bench"), "doctor", "--json")
    pinned = ("taskset", "--cpu-list", str(min(os.sched_getaffinity(0))))
    done = subprocess.run((*pinned, *bench), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {check["name"]: check for check in json.loads(done.stdout)}
    assert found["CPU layout"]["grade"] == "unfit"
    assert set(found["CPU layout"]) >= {"value", "threshold", "why", "source", "reference", "remedy"}
    strict = subprocess.run((*pinned, *bench, "--strict"), capture_output=True, text=True, check=False)
    assert strict.returncode == 6


def test_other_work_is_told_in_full_where_looking_at_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of processes on a busy host take a second to look through; that is no part of what is between two looks.

    The one that works comes first here, and it takes a second until there are no more.
    """
    layout = CpuLayout(server=(0,), generator=(0,), database=(0,))
    looked = psutil.process_iter
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:

        def slowly(attributes: list[str]) -> Iterator[psutil.Process]:
            for process in looked(attributes):
                if process.pid == busy.pid:
                    yield process
            time.sleep(1)

        monkeypatch.setattr(psutil, "process_iter", slowly)

        def shares() -> tuple[float, float]:
            before, began_ns = own_cpu_ns(busy.pid), time.monotonic_ns()
            told = Sample.take(layout).others_cpus
            return told, (own_cpu_ns(busy.pid) - before) / (time.monotonic_ns() - began_ns)

        def alike(found: tuple[float, float]) -> None:
            """It works all the time, but may get more of a CPU now and less then."""
            told, used = found
            assert 0.75 * used < told < 1.33 * used

        try:
            undisturbed(shares, alike)
        finally:
            busy.kill()
