"""Two benchmarks at once: refused in one clone, told of where they are in two."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.host.only_one import measures_alone
from harness.model.errors import ExitCode
from tests.integration.cli.conftest import Bench, MakeApp

LITTLE = ("--profile", "smoke", "--workload", "capacity", "--endpoint", "hello")


@pytest.fixture
def measuring_here(tmp_path: Path) -> Iterator[None]:
    with measures_alone(tmp_path / ".bench", "bench run"):
        yield


@pytest.fixture
def measuring_elsewhere(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "another clone"
    with measures_alone(folder / ".bench", "bench ab"):
        yield folder


@pytest.mark.fault(
    where="host",
    what="Another command measures in the same folder",
    happens="It is refused before anything starts, and told who measures there, since when, and its process.",
    lost="Nothing",
    exit_code=4,
)
@pytest.mark.usefixtures("measuring_here")
@pytest.mark.parametrize(
    "command",
    [
        ("run", *LITTLE),
        ("ab", "tiny", "--env", "A=b", "--profile", "smoke"),
        ("verify", "tiny"),
        ("calibrate",),
    ],
    ids=lambda command: command[0],
)
def test_a_command_that_measures_is_refused_beside_another_in_its_folder(
    bench: Bench, make_app: MakeApp, tmp_path: Path, command: tuple[str, ...]
) -> None:
    make_app("tiny")
    done = bench(*command)
    assert done.returncode == ExitCode.INCOMPLETE
    assert f"error: bench run in {tmp_path} (process " in done.stderr
    assert "measures in this folder, and " in done.stderr
    assert "hint: wait until it is done, or end it: kill " in done.stderr
    assert not (tmp_path / "reports").exists()


@pytest.mark.usefixtures("measuring_here")
def test_what_only_reads_is_not_refused(bench: Bench, make_app: MakeApp) -> None:
    make_app("tiny")
    assert bench("plan", *LITTLE).returncode == ExitCode.OK


@pytest.mark.fault(
    where="host",
    what="A command of another clone, of the same user, measures at the same time",
    happens="Both say so, as does `bench doctor`; the reports of both name the other among what to beware of.",
    lost="Trust in the numbers of both",
    exit_code=0,
)
def test_a_run_names_the_benchmark_of_another_clone(
    bench: Bench, make_app: MakeApp, tmp_path: Path, measuring_elsewhere: Path
) -> None:
    make_app("tiny")
    done = bench("run", *LITTLE)
    assert done.returncode == ExitCode.OK, done.stderr
    other = f"bench ab in {measuring_elsewhere} (process "
    assert f"! {other}" in done.stderr
    folder = tmp_path / done.stdout.strip()
    assert any(other in each for each in json.loads((folder / "run.json").read_text())["measured_beside"])
    assert "Another benchmark measured on this host meanwhile: " in (folder / "summary.md").read_text()
    assert other in (folder / "summary.md").read_text().replace("\\", "")
    (found,) = (each for each in json.loads(bench("doctor", "--json").stdout) if each["name"] == "other processes")
    assert found["grade"] == "unfit"
    assert other in found["value"]
