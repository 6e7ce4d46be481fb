"""The stall watch on real CPUs, which are really taken away."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from harness.host.cpus import allowed_cpus, layout_here
from harness.metering.cpu_switches import CpuSwitches
from harness.metering.stall_watch import LOAD_APART, SERVERS_APART, StallWatch
from harness.model.window import StallReading
from tests.odd_hosts import lacking, need_root, without_real_time
from tests.real_time import Stretch, cpu_taken_away, need_real_time
from tests.waiting import eventually, undisturbed

MS = 1_000_000
CPU = allowed_cpus()[0]
LAYOUT = layout_here()
_YIELDS = f"""
import contextlib, os
os.sched_setaffinity(0, {{{CPU}}})
with contextlib.suppress(PermissionError):
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
child = os.fork()
for _ in range(120_000):
    os.sched_yield()
if child:
    raise SystemExit(os.waitpid(child, 0)[1])
"""
"""Two processes that switch between each other, before ordinary work, which would take a whole turn after each."""


def need_switches() -> None:
    """Of a test that takes the right to see who has a CPU."""
    try:
        CpuSwitches(CPU)
    except OSError as error:
        lacking(f"it takes the right to see a CPU's switches (root, CAP_PERFMON): {error.strerror}")


@pytest.fixture
def watch() -> Iterator[StallWatch]:
    """Of the CPUs that a run would use here."""
    need_real_time()
    made = StallWatch(LAYOUT)
    assert made.why_not() is None
    yield made
    pids = made.pids
    made.close()
    assert not any(map(psutil.pid_exists, pids))


def watched(watch: StallWatch, seconds: float, server: tuple[int, ...] = ()) -> tuple[StallReading, int]:
    """What it sees in the next moments, and the instant from which that counts."""
    watch.begin(server)
    opened_ns = time.monotonic_ns()
    time.sleep(seconds)
    closed_ns = time.monotonic_ns()
    found = watch.end(opened_ns)
    assert found is not None
    assert found.from_ns <= 0
    assert found.to_ns >= closed_ns - opened_ns
    return found, opened_ns


@contextmanager
def busy(processes: int, *, nice: int, first: bool = False) -> Iterator[tuple[int, ...]]:
    """So many processes that want the whole CPU of the server, `first` before all ordinary ones; tells their ids."""
    policy = "os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1)); " if first else ""
    begin = f"import os; os.sched_setaffinity(0, {{{CPU}}}); os.nice({nice}); {policy}print(1, flush=True)"
    code = f"{begin}\nwhile True: pass"
    with ExitStack() as running:
        pids = []
        for _ in range(processes):
            process = running.enter_context(subprocess.Popen((sys.executable, "-c", code), stdout=subprocess.PIPE))
            running.callback(process.kill)
            process.stdout.readline()
            pids.append(process.pid)
        yield tuple(pids)


def test_a_cpu_that_is_taken_away_shows_as_a_stall_of_that_length_at_that_time(watch: StallWatch) -> None:
    """From the last tick before it, up to 1 ms early, until the first one after it."""

    def injected() -> tuple[list[Stretch], list[Stretch]]:
        with cpu_taken_away(CPU, stall_ms=20, gap_ms=100) as stalls:
            found, opened_ns = watched(watch, 1.0)
        inside = [each for each in stalls if opened_ns < each[0] and each[1] < opened_ns + found.to_ns]
        seen = [(opened_ns + at, opened_ns + at + length) for at, length in found.server]
        for begin, end in inside:  # This much holds on any host.
            assert any(at <= begin and end <= until for at, until in seen), (begin, end, seen)
        return inside, seen

    def check(result: tuple[list[Stretch], list[Stretch]]) -> None:
        inside, seen = result
        assert inside
        for begin, end in inside:
            assert any(begin - 2 * MS < at and until < end + 2 * MS and at <= begin for at, until in seen)

    undisturbed(injected, check)


def test_the_work_of_a_server_is_never_taken_for_a_stall(watch: StallWatch) -> None:
    """Even where it asks for more than all of the CPU, and goes before all other ordinary processes."""
    need_root()

    def check(result: tuple[StallReading, int]) -> None:
        assert not [length for _, length in result[0].server if length > 5 * MS]

    with busy(4, nice=-20):
        undisturbed(lambda: watched(watch, 0.3), check)


def test_what_other_processes_take_is_no_stall_and_is_told_by_itself(watch: StallWatch) -> None:
    """Two that want all of it take turns, whatever else there is: whoever is not the server holds it meanwhile."""
    need_switches()
    with busy(2, nice=0) as (server, _other):
        found, _ = watched(watch, 1.0, (server,))
    assert found.held
    held_ns = sum(length for _, length in found.held)
    assert 0.1 * found.to_ns < held_ns <= found.to_ns - found.from_ns
    assert all(length >= found.late_ns for _, length in found.held)


def test_a_server_that_has_its_cpu_for_itself_is_held_up_by_nobody(watch: StallWatch) -> None:
    """It goes before all ordinary processes, which the kernel leaves them a twentieth of the time nevertheless."""
    need_switches()
    with busy(2, nice=0, first=True) as servers:
        found, _ = watched(watch, 0.5, servers)
    assert found.held is not None
    assert sum(length for _, length in found.held) < 0.5 * (found.to_ns - found.from_ns)


def test_each_turn_is_somebody_s() -> None:
    """Or nobody's, of an idle CPU: the kernel has more than one number for that."""
    need_switches()
    largest = int(Path("/proc/sys/kernel/pid_max").read_text())
    switches = CpuSwitches(CPU)

    def pids() -> set[int]:
        switches.begin()
        time.sleep(0.05)
        seen = switches.end()
        assert seen is not None
        return {each.pid for each in seen[1]}

    assert max(eventually(pids, "a switch")) <= largest


def test_without_a_server_nobody_is_said_to_have_held_its_cpu(watch: StallWatch) -> None:
    with busy(1, nice=0):
        assert watched(watch, 0.1)[0].held is None


def test_more_switches_than_there_is_room_for_are_no_reading() -> None:
    """And the next reading is whole again."""
    need_switches()
    switches = CpuSwitches(CPU)
    switches.begin()
    subprocess.run((sys.executable, "-c", _YIELDS), check=True)
    assert switches.end() is None
    switches.begin()
    time.sleep(0.05)
    seen = switches.end()
    assert seen is not None
    assert [each.at_ns for each in seen[1]] == sorted(each.at_ns for each in seen[1])


def test_a_stall_of_one_cpu_is_not_told_of_another(watch: StallWatch) -> None:
    if LAYOUT.server == LAYOUT.generator:
        lacking("server and generator share the only CPU")

    def injected() -> StallReading:
        with cpu_taken_away(CPU, stall_ms=30, gap_ms=50):
            return watched(watch, 0.5)[0]

    def check(found: StallReading) -> None:
        assert [length for _, length in found.server if length >= 30 * MS]
        assert not [length for _, length in found.generator if length >= 30 * MS]

    undisturbed(injected, check)


def test_it_takes_no_cpu_time_while_it_does_not_watch(watch: StallWatch) -> None:
    """Nor can one window hold the stalls of another."""
    with cpu_taken_away(CPU, stall_ms=20, gap_ms=20):
        eventually(lambda: watched(watch, 0.5)[0].server, "a stall")
    switches = [psutil.Process(pid).num_ctx_switches().voluntary for pid in watch.pids]
    time.sleep(0.2)
    assert switches == [psutil.Process(pid).num_ctx_switches().voluntary for pid in watch.pids]
    found, _ = watched(watch, 0.01)
    assert all(found.from_ns <= at for at, _ in found.server)


@pytest.mark.fault(
    where="generator",
    what="The stall watch dies",
    happens="The window under way has no latency of the server; for the next one it is started anew.",
    lost="The host's stalls in one window",
    exit_code=0,
)
def test_a_killed_watch_costs_one_reading(watch: StallWatch) -> None:
    watch.begin()
    before = watch.pids
    os.kill(before[0], signal.SIGKILL)
    assert watch.end(time.monotonic_ns()) is None
    assert not any(map(psutil.pid_exists, before))
    found, _ = watched(watch, 0.05)
    assert found.to_ns > 0


@pytest.mark.fault(
    where="host",
    what="Nothing may run before everything else on a CPU (no root, no CAP_SYS_NICE)",
    happens="Stalls of the host are not watched: latencies are those as met, and the run and its report say why.",
    lost="Latencies of the server",
    exit_code=0,
)
def test_without_the_right_to_go_first_there_is_no_reading_and_it_says_why() -> None:
    code = """
from harness.host.cpus import layout_here
from harness.metering.cpu_switches import CpuSwitches
from harness.metering.stall_watch import StallWatch
watch = StallWatch(layout_here())
watch.begin()
print(watch.end(0), watch.pids, watch.why_not())
"""
    command = (*without_real_time(), sys.executable, "-c", code)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("None () no process may go before everything else on a CPU here (SCHED_FIFO)")


@pytest.mark.fault(
    where="host",
    what="Who has a CPU may not be seen (no root, no CAP_PERFMON)",
    happens="What other processes take of the server's CPU stays in its latencies, and the run and its report say so.",
    lost="The difference between the server and its neighbours",
    exit_code=0,
)
def test_without_the_right_to_see_who_has_a_cpu_it_says_so_and_watches_stalls() -> None:
    need_root("setpriv")
    need_real_time()
    if int(Path("/proc/sys/kernel/perf_event_paranoid").read_text()) <= 0:
        lacking("everybody may see who has a CPU here (kernel.perf_event_paranoid)")
    code = """
import os
from harness.host.cpus import layout_here
from harness.metering.stall_watch import StallWatch
watch = StallWatch(layout_here())
watch.begin((os.getpid(),))
print(watch.end(0).held, watch.why_not(), watch.holders_unseen())
watch.close()
"""
    command = ("setpriv", "--bounding-set=-perfmon,-sys_admin", sys.executable, "-c", code)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("None None who has a CPU can't be seen here, which takes root, CAP_PERFMON or")
    assert done.stdout.endswith("(Permission denied)\n")


@pytest.mark.parametrize(
    ("watch", "why"),
    [
        (StallWatch(LAYOUT.model_copy(update={"load_host_apart": True})), SERVERS_APART),
        (StallWatch(LAYOUT, load_from_anywhere=True), LOAD_APART),
    ],
)
def test_cpus_of_another_host_are_not_watched(watch: StallWatch, why: str) -> None:
    watch.begin()
    assert (watch.end(0), watch.pids, watch.why_not()) == (None, (), why)


def test_it_ends_with_a_killed_harness() -> None:
    need_real_time()
    code = (
        "import time, harness.metering.stall_watch as s, harness.host.cpus as c; w = s.StallWatch(c.layout_here()); "
        "w.begin(); print(*w.pids, flush=True); time.sleep(60)"
    )
    with subprocess.Popen((sys.executable, "-c", code), stdout=subprocess.PIPE, text=True) as harness:
        pids = [int(pid) for pid in harness.stdout.readline().split()]
        harness.kill()
    assert pids

    def are_gone() -> bool:
        left = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
        return all(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE for pid in left)

    eventually(are_gone, "the end of the watch")
