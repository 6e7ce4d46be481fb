"""Hosts that refuse something: what surely can't do is said before anything starts, and no app is blamed for it."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.model.run import WindowKind
from harness.results.folder import read_run
from harness.runtime.environment import make_environment
from tests import warm
from tests.integration.cli.conftest import MakeApp
from tests.odd_hosts import PROJECT, Words, as_stranger, folder_for_all, in_control_group, standing, with_mounts
from tests.started import bench_command
from tests.waiting import PATIENCE_S

type On = Callable[..., subprocess.CompletedProcess[str]]

CALM = ("--profile", "smoke", "--rounds", "1", "--endpoint", "hello")


@pytest.fixture
def on(tmp_path: Path) -> On:
    """Runs a command in the test's folder on a host that these words before it make."""

    def run(words: Words, *arguments: str) -> subprocess.CompletedProcess[str]:
        with standing(words) as host:
            return warm.bench(tmp_path, *arguments, environment={"GIT_CEILING_DIRECTORIES": str(tmp_path)}, host=host)

    return run


@pytest.fixture
def anew_on(tmp_path: Path) -> On:
    """The same, also in another folder, as a process of its own: whose memory counts, and whose user is another."""

    def run(host: Words, *arguments: str, folder: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (*host, *bench_command(*arguments)),
            cwd=folder,
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    return run


def assert_told(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """One error with its hint, and no traceback."""
    assert done.returncode == code, done.stderr
    assert done.stderr.count("error: ") == done.stderr.count("hint: ") == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.fault(
    where="host",
    what="It allows a process too few open files (`ulimit -n 64`)",
    happens="It is said before anything starts, with how many there are, how many are needed and where to allow them.",
    lost="Nothing",
    exit_code=4,
)
def test_too_few_open_files_are_told_before_anything_starts(on: On, make_app: MakeApp) -> None:
    make_app("sound")
    host = ("prlimit", "--nofile=64")
    assert_told(on(host, "run", *CALM), 4, "allows a process 64 open files, and 104 are needed", "ulimit -n")
    assert_told(on(host, "verify"), 4, "allows a process 64 open files, and 164 are needed", "ulimit -n")


@pytest.mark.fault(
    where="host",
    what="It lets too few processes or threads start (`ulimit -u`, a control group)",
    happens="It is said before anything starts, by how many of those needed could be started.",
    lost="Nothing",
    exit_code=4,
)
def test_too_few_processes_are_told_before_anything_starts(anew_on: On, make_app: MakeApp) -> None:
    make_app("sound")
    words = ("more processes or threads start, and 74 are needed", "--pids-limit")
    with in_control_group(pids=60) as host:
        assert_told(anew_on(host, "verify"), 4, *words)
    with folder_for_all() as folder:
        user = as_stranger("--nproc=60")
        assert_told(anew_on(user, "verify", "--apps-dir", str(PROJECT / "apps"), folder=folder), 4, *words)


@pytest.mark.fault(
    where="host",
    what="It refuses the harness a process or thread when the work has begun",
    happens="It is told as the host's trouble, and not as the app's.",
    lost="What had begun",
    exit_code=4,
)
def test_a_process_refused_in_the_middle_is_the_host_s_trouble(anew_on: On, tmp_path: Path) -> None:
    """Enough for the start, and fewer than the threads of a WSGI server beside the harness's own."""
    # Here, since a stranger may not write to the project.
    make_environment(read_app(PROJECT / "apps" / "flask_app"), tmp_path)
    with folder_for_all() as folder:
        user = as_stranger("--nproc=95")
        done = anew_on(
            user, *("verify", "flask", "--variant", "controlled", "--apps-dir", str(PROJECT / "apps")), folder=folder
        )
    assert done.returncode == 4, done.stdout + done.stderr
    assert done.stdout.startswith("NOT CHECKED flask/controlled")
    assert "no more processes or threads" in done.stdout
    assert "FAILED" not in done.stdout
    assert done.stderr.count("hint: ") == 1, done.stderr


@pytest.mark.fault(
    where="host",
    what="Its control group allows less memory than harness and servers take at the least",
    happens="It is said before anything starts, with how much is left and how much is needed.",
    lost="Nothing",
    exit_code=4,
)
def test_too_little_memory_is_told_before_anything_starts(anew_on: On, make_app: MakeApp) -> None:
    make_app("sound")
    with in_control_group(memory_mib=200) as host:
        words = ("MiB of memory are left, by the limit of the control group, and 280 MiB are needed", "--memory")
        assert_told(anew_on(host, "verify"), 4, *words)
        assert_told(anew_on(host, "run", *CALM), 4, words[0].partition(", and")[0], "are needed", "--memory")


@pytest.mark.fault(
    where="host",
    what="A server meets the memory limit of the control group at its start, and the kernel kills it",
    happens="It counts as not checked, and in a run its cells are invalid: the limit is named, and not the app.",
    lost="Its cells",
    exit_code=4,
)
def test_a_server_killed_for_want_of_memory_is_the_host_s_trouble(anew_on: On, make_app: MakeApp) -> None:
    make_app("hungry", "eat_memory")
    with in_control_group(memory_mib=500) as host:
        done = anew_on(host, "verify")
    assert done.returncode == 4, done.stderr
    assert "NOT CHECKED hungry/default" in done.stdout
    assert "for want of memory in this control group, whose limit is 500 MiB" in done.stdout
    assert "choose fewer apps" in done.stderr


@pytest.mark.fault(
    where="host",
    what="A server gets no more threads at its start",
    happens="It counts as not checked, and in a run its cells are invalid: the limit is named, and not the app.",
    lost="Its cells",
    exit_code=4,
)
def test_a_server_that_gets_no_more_threads_is_the_host_s_trouble(anew_on: On, make_app: MakeApp) -> None:
    make_app("busy", "start_threads")
    with in_control_group(pids=200) as host:
        done = anew_on(host, "verify")
    assert done.returncode == 4, done.stderr
    assert "NOT CHECKED busy/default" in done.stdout
    assert "this control group got no more processes or threads, whose limit is 200" in done.stdout
    assert "choose fewer apps" in done.stderr


@pytest.mark.fault(
    where="host",
    what="It allows a process fewer open files than some cells have connections",
    happens="It is said before the start. Those cells are invalid and name the limit; all others are measured.",
    lost="Those cells",
    exit_code=4,
)
@pytest.mark.fault(
    where="host",
    what="Memory or processes are left, but fewer than servers usually take",
    happens="It is said before the start, since the kernel may end some of them later.",
    lost="Nothing",
    exit_code=0,
)
def test_what_may_not_do_is_said_and_what_can_be_measured_is(anew_on: On, make_app: MakeApp, tmp_path: Path) -> None:
    make_app("sound")
    with in_control_group(memory_mib=550, pids=80) as host:
        workloads = ("--workload", "capacity", "--workload", "concurrency", "--endpoint", "json")
        done = anew_on((*host, "prlimit", "--nofile=140"), "run", *CALM, *workloads)
    assert done.returncode == 4, done.stderr
    before, _, _ = done.stderr.partition("preparing environments")
    assert "this host allows a process 140 open files: what needs more than 40 connections is not measured" in before
    assert "more processes or threads start, and up to 92 are usual" in before
    assert "MiB of memory are left, by the limit of the control group, and some 630 MiB are usual" in before
    (folder,) = tmp_path.glob("reports/2*/")
    windows = [window for window in read_run(folder).windows if window.kind is WindowKind.MEASURED]
    for window in windows:
        if ":concurrency:" in window.cell:
            assert window.lost == "this host allows a process 140 open files, too few for 128 connections"
        else:
            assert window.lost is None
    assert {window.lost is None for window in windows} == {True, False}


@pytest.mark.fault(
    where="disk",
    what="A report is to be made in a checkout that can't be written to",
    happens="One error names what could not be written; commands that only read go on working.",
    lost="Nothing",
    exit_code=2,
)
def test_in_a_read_only_checkout_runs_can_be_read_and_not_reported(on: On, tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "reports" / "sample", tmp_path / "reports" / "sample")
    folder = str(tmp_path)
    host = with_mounts(("mount", "--bind", folder, folder), ("mount", "-o", "remount,ro,bind", folder), ("cd", folder))
    assert_told(on(host, "report", "sample"), 2, "Read-only file system")
    assert on(host, "show", "sample").returncode == 0


@pytest.mark.fault(
    where="disk",
    what="It is full when a command begins (`.bench/`)",
    happens="It is said before anything starts, with how much room is lacking.",
    lost="Nothing",
    exit_code=4,
)
def test_a_disk_that_is_full_at_the_start_is_told(on: On, make_app: MakeApp, tmp_path: Path) -> None:
    make_app("sound")
    state = tmp_path / ".bench"
    state.mkdir()
    host = with_mounts(
        ("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(state)),
        ("sh", "-c", f"cat /dev/zero >{state}/zeros 2>/dev/null || true"),
    )
    for command in (("verify",), ("run", *CALM)):
        assert_told(on(host, *command), 4, "No space left on device", "free some room")
