import os
import shutil
import subprocess
import sys

import pytest

from harness.model.host import CpuLayout, Grade
from harness.runtime.cpus import allowed_cpus, lay_out
from harness.runtime.doctor import cpu, examine
from harness.runtime.host import describe_host


@pytest.fixture(scope="module")
def layout() -> CpuLayout:
    return lay_out(allowed_cpus(), {})


def test_every_check_has_a_reason_and_every_bad_one_a_remedy(layout: CpuLayout) -> None:
    checks = examine(layout)
    assert len({check.name for check in checks}) == len(checks) >= 14
    for check in checks:
        assert check.value
        assert check.why
        assert (check.remedy is not None) == (check.grade in {Grade.POOR, Grade.UNFIT}), check.name


def test_one_cpu_for_all_is_unfit_and_said_so() -> None:
    check = cpu.layout(CpuLayout(server=(0,), generator=(0,), database=(0,)))
    assert check.grade is Grade.UNFIT
    assert "share one CPU" in check.value


def test_a_busy_process_is_seen_and_named(layout: CpuLayout) -> None:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        sample = cpu.Sample.take(layout)
        busy.kill()
    assert sample.others_cpus > 0.2
    assert cpu.other_load(sample).grade is not Grade.GOOD


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
        sample = cpu.Sample.take(layout)
        renamed.kill()
    assert f"(pid {renamed.pid})" not in sample.busiest


def test_a_leaked_variable_is_named(layout: CpuLayout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    check = next(check for check in examine(layout) if check.name == "environment")
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
        pytest.skip("making a network namespace with a packet filter takes root and iptables")
    name = "bench-test-tracking"
    inside = ("ip", "netns", "exec", name)
    ask = "from harness.runtime.doctor.limits import connection_tracking; print(connection_tracking().grade.value)"

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
