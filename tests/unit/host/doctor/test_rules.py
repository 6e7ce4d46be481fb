"""Each check of the doctor on a constructed host: sound, failing, and one that tells nothing."""

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from harness.host.doctor import RULES
from harness.host.doctor.rule import NOT_TOLD
from harness.host.doctor.sample import Sample
from harness.host.doctor.system import System
from harness.host.measuring import Measuring
from harness.model.host import Check, ContainerEngine, CpuLayout, Grade, Interpreter

CPU = "sys/devices/system/cpu"
PSI = "some avg10=0.00 avg60=0.20 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
TCP = "  sl  local_address rem_address   st\n"
FILES = {
    **{f"{CPU}/cpu{cpu}/topology/thread_siblings_list": f"{cpu}" for cpu in range(4)},
    **{f"{CPU}/cpu{cpu}/cpufreq/scaling_governor": "performance" for cpu in range(4)},
    f"{CPU}/cpufreq/boost": "0",
    "sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc",
    "proc/pressure/cpu": PSI,
    "proc/pressure/memory": PSI,
    "proc/pressure/io": PSI,
    "proc/self/cgroup": "0::/",
    "sys/fs/cgroup/cgroup.procs": "",
    "sys/fs/cgroup/cpu.max": "max 100000",
    "sys/fs/cgroup/memory.max": "max",
    "sys/fs/cgroup/pids.max": "max",
    "proc/meminfo": "MemTotal:       16000000 kB\nMemAvailable:   12000000 kB\n",
    "proc/sys/fs/file-nr": "1024\t0\t1000000",
    "proc/sys/net/ipv4/ip_local_port_range": "32768\t60999",
    "proc/sys/net/ipv4/ip_local_reserved_ports": "",
    "proc/sys/net/ipv4/tcp_tw_reuse": "2",
    "proc/sys/net/core/somaxconn": "4096",
    "proc/sys/net/netfilter/nf_conntrack_count": "7",
    "proc/net/tcp": TCP,
}
LAYOUT = CpuLayout(server=(0,), generator=(1,), database=(2,))
INTERPRETER = Interpreter(
    version="3.13.0", implementation="CPython", compiler="GCC", pgo=True, lto=True, free_threaded=False, jit=False
)
ENGINE = ContainerEngine(
    version="28.1", compose_version="2.40", cgroup_version="2", storage_driver="overlay2", runtime="runc"
)

type Write = Callable[[Mapping[str, str]], None]


class Bad(NamedTuple):
    """What is wrong on a host, which check must see it, and what it must say."""

    name: str
    grade: Grade
    said: str
    files: Mapping[str, str] = {}
    attributes: Mapping[str, object] = {}


def psi(waited: float) -> str:
    return PSI.replace("avg60=0.20", f"avg60={waited}")


def sockets(count: int) -> str:
    """So many closed connections, each with a port of its own from the range."""
    return TCP + "".join(f"   0: 0100007F:{32768 + number:04X} 0100007F:1F90 06\n" for number in range(count))


OTHER = Measuring("bench run", 4711, "2026-01-02 03:04:05 UTC", "/there")
QUIET = Sample(steal_share=0.0, others_cpus=0.01, busiest="nothing")
CASES = (
    Bad(
        "CPU layout",
        Grade.UNFIT,
        "share one CPU",
        {},
        {"layout": CpuLayout(server=(0,), generator=(0,), database=(0,))},
    ),
    Bad("CPU layout", Grade.POOR, "shares", {}, {"layout": CpuLayout(server=(0,), generator=(1,), database=(1,))}),
    Bad("SMT siblings", Grade.POOR, "shares its core", {f"{CPU}/cpu0/topology/thread_siblings_list": "0-1"}),
    Bad("steal", Grade.POOR, "3.0%", {}, {"sample": replace(QUIET, steal_share=0.03)}),
    Bad("steal", Grade.UNFIT, "20.0%", {}, {"sample": replace(QUIET, steal_share=0.2)}),
    Bad("other processes", Grade.UNFIT, "1.50 CPUs", {}, {"sample": replace(QUIET, others_cpus=1.5, busiest="make")}),
    Bad("other processes", Grade.UNFIT, "measures: bench run in /there", {}, {"measuring": (OTHER,)}),
    Bad("real-time priority", Grade.POOR, "refused", {}, {"goes_first": False}),
    Bad(
        "frequency governor",
        Grade.POOR,
        "performance, powersave",
        {f"{CPU}/cpu1/cpufreq/scaling_governor": "powersave"},
    ),
    Bad("turbo", Grade.POOR, "on", {f"{CPU}/cpufreq/boost": "1"}),
    Bad("turbo", Grade.POOR, "on", {f"{CPU}/intel_pstate/no_turbo": "0"}),
    Bad(
        "clock source", Grade.POOR, "hpet", {"sys/devices/system/clocksource/clocksource0/current_clocksource": "hpet"}
    ),
    Bad("CPU pressure", Grade.POOR, "5 %", {"proc/pressure/cpu": psi(5)}),
    Bad("CPU pressure", Grade.UNFIT, "37.1 %", {"proc/pressure/cpu": psi(37.1)}),
    Bad("memory pressure", Grade.POOR, "2.5 %", {"proc/pressure/memory": psi(2.5)}),
    Bad("I/O pressure", Grade.UNFIT, "60 %", {"proc/pressure/io": psi(60)}),
    Bad("cgroup CPU limit", Grade.POOR, "1.5 CPUs", {"sys/fs/cgroup/cpu.max": "150000 100000"}),
    Bad("cgroup memory limit", Grade.UNFIT, "0.5 GiB", {"sys/fs/cgroup/memory.max": str(2**29)}),
    Bad("cgroup process limit", Grade.POOR, "100", {"sys/fs/cgroup/pids.max": "100"}),
    Bad("memory available", Grade.UNFIT, "0.2 GiB", {"proc/meminfo": "MemAvailable: 200000 kB"}),
    Bad("open files", Grade.POOR, "8,192 a process.*10,000 feed subscribers take 12,000", {}, {"open_files": 8_192}),
    Bad("open files", Grade.UNFIT, "1,024", {}, {"open_files": 1_024}),
    Bad("open files of the system", Grade.POOR, "20,000 free.*24,000", {"proc/sys/fs/file-nr": "5000 0 25000"}),
    Bad("outgoing ports", Grade.POOR, "8,232 free of 28,232.*12,000", {"proc/net/tcp": sockets(20_000)}),
    Bad("outgoing ports", Grade.POOR, "10,001 free", {"proc/sys/net/ipv4/ip_local_port_range": "50000 60000"}),
    Bad("outgoing ports", Grade.UNFIT, "1,000 free", {"proc/sys/net/ipv4/ip_local_reserved_ports": "8080,32768-59999"}),
    Bad("closed ports", Grade.POOR, "not reused", {"proc/sys/net/ipv4/tcp_tw_reuse": "0"}),
    Bad("listen backlog", Grade.POOR, "128; servers ask for .*2,048", {"proc/sys/net/core/somaxconn": "128"}),
    Bad(
        "interpreter",
        Grade.POOR,
        "without PGO and LTO",
        {},
        {"interpreter": INTERPRETER.model_copy(update={"pgo": False, "lto": False})},
    ),
    Bad("interpreter", Grade.POOR, "without LTO", {}, {"interpreter": INTERPRETER.model_copy(update={"lto": False})}),
    Bad(
        "environment",
        Grade.POOR,
        "GUNICORN_CMD_ARGS, PYTHONOPTIMIZE, UVICORN_WORKERS, WEB_CONCURRENCY",
        {},
        {
            "environment": dict.fromkeys(
                ("WEB_CONCURRENCY", "UVICORN_WORKERS", "PYTHONOPTIMIZE", "GUNICORN_CMD_ARGS", "HOME"), "4"
            )
        },
    ),
    Bad("container engine", Grade.POOR, "does not answer", {}, {"engine": None}),
)
IN_A_NAMESPACE = {"connection tracking"}
"""Checks that fail in tests/integration/host/test_doctor.py, on a real kernel's doing."""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    write(FILES)
    return write


def host(root: Path, **attributes: object) -> System:
    sound = System(
        layout=LAYOUT,
        sample=QUIET,
        interpreter=INTERPRETER,
        environment={"HOME": "/root"},
        open_files=1_048_576,
        goes_first=True,
        docker_installed=True,
        engine=ENGINE,
        root=root,
    )
    return replace(sound, **attributes)  # type: ignore[arg-type]


def check(name: str, system: System) -> Check:
    (rule,) = (rule for rule in RULES if rule.name == name)
    return rule.check(system)


def test_a_sound_host_is_good_in_every_check(write: Write, tmp_path: Path) -> None:
    assert write
    for rule in RULES:
        found = rule.check(host(tmp_path))
        assert found.grade is Grade.GOOD, found
        assert found.remedy is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.grade.value}")
def test_a_check_sees_what_is_wrong_and_says_what_mends_it(case: Bad, write: Write, tmp_path: Path) -> None:
    if f"{CPU}/intel_pstate/no_turbo" in case.files:
        shutil.rmtree(tmp_path / CPU / "cpufreq")
    write(case.files)
    found = check(case.name, host(tmp_path, **case.attributes))
    assert found.grade is case.grade, found
    assert re.search(case.said, found.value), found.value
    assert found.remedy
    assert found.threshold


def test_every_check_is_seen_to_fail() -> None:
    assert {rule.name for rule in RULES} == {case.name for case in CASES} | IN_A_NAMESPACE


def test_where_nothing_can_be_read_no_check_crashes_and_none_is_good_of_what_it_did_not_read(tmp_path: Path) -> None:
    bare = host(tmp_path / "nothing", sample=replace(QUIET, steal_share=None))
    told_without_files = {
        "CPU layout",
        "other processes",
        "real-time priority",
        "open files",
        "interpreter",
        "environment",
        "container engine",
    }
    for rule in RULES:
        found = rule.check(bare)
        if rule.name not in told_without_files | IN_A_NAMESPACE:
            assert (found.grade, found.value) == (Grade.UNKNOWN, NOT_TOLD), found


@pytest.mark.parametrize("nonsense", ["", "\n", "garbage", "-1", "a b c", "some avg60=x", "\x00"])
def test_files_that_hold_nonsense_crash_no_check(nonsense: str, write: Write, tmp_path: Path) -> None:
    write(dict.fromkeys(FILES, nonsense))
    for rule in RULES:
        assert rule.check(host(tmp_path)).value


def test_limits_of_control_groups_version_1_are_read_too(write: Write, tmp_path: Path) -> None:
    write(
        {
            "proc/self/cgroup": "5:cpu,cpuacct:/\n4:memory:/\n3:pids:/",
            **{f"sys/fs/cgroup/{controller}/cgroup.procs": "" for controller in ("cpu", "memory", "pids")},
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000",
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": str(2**29),
            "sys/fs/cgroup/pids/pids.max": "64",
        }
    )
    system = host(tmp_path)
    assert check("cgroup CPU limit", system).value == "0.5 CPUs"
    assert check("cgroup memory limit", system).value == "0.5 GiB"
    assert check("cgroup process limit", system).value == "64"
    write({"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"})
    assert check("cgroup memory limit", system).value == "none"


def test_where_no_engine_is_installed_none_is_missed(tmp_path: Path) -> None:
    found = check("container engine", host(tmp_path, engine=None, docker_installed=False))
    assert found.grade is Grade.GOOD
    assert "local processes" in found.value


def test_a_distributions_interpreter_that_does_not_tell_is_unknown(tmp_path: Path) -> None:
    untold = INTERPRETER.model_copy(update={"pgo": None, "lto": None})
    assert check("interpreter", host(tmp_path, interpreter=untold)).grade is Grade.UNKNOWN


def test_every_rule_says_what_is_good_why_it_matters_and_where_to_read_on() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.threshold.startswith("good ")
        assert rule.why.endswith(".")
        assert rule.source
        assert rule.reference.startswith("https://")
