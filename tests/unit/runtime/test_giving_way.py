"""Whether the database gives way to the generator: decided by one rule, in containers as with local processes."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from harness.model.host import ContainerEngine, CpuLayout
from harness.model.run import GeneratorTeam
from harness.runtime import ledger, this_host
from harness.runtime.docker import runtime as docker
from harness.runtime.docker.project import ComposeProject
from harness.runtime.local import runtime as local

TWO_CPUS = CpuLayout(server=(1,), generator=(0,), database=(0,))
FOUR_CPUS = CpuLayout(server=(3,), generator=(0, 1), database=(2,))
ENGINE = ContainerEngine(
    version="28", compose_version="2", cgroup_version="2", storage_driver="overlay2", runtime="runc"
)

type Starts = Callable[[pytest.MonkeyPatch, Path, CpuLayout, GeneratorTeam], bool]
"""Start a database in a runtime; returns whether it was told to give way."""


class Case(NamedTuple):
    """A generator, and whether the database gives way to it."""

    layout: CpuLayout
    workers: int
    has_the_right: bool
    gives_way: bool


class Told(Exception):  # noqa: N818 - no error
    """How a database was to be started."""

    def __init__(self, *_: object, gives_way: bool, **__: object) -> None:
        self.gives_way = gives_way
        raise self


def without_an_engine(patch: pytest.MonkeyPatch) -> None:
    """Have a runtime of containers that starts none."""
    patch.setattr(docker, "find_engine", lambda **_: ENGINE)
    patch.setattr(docker, "reached_by", dict)
    patch.setattr(ledger, "remove_project", lambda *_: ())


def in_containers(patch: pytest.MonkeyPatch, folder: Path, layout: CpuLayout, team: GeneratorTeam) -> bool:
    """In containers."""
    without_an_engine(patch)
    patch.setattr(docker, "ContainerPostgres", Told)
    with docker.DockerRuntime(folder, layout, team) as runtime, pytest.raises(Told) as told:
        runtime.start_database()
    return told.value.gives_way


def as_processes(patch: pytest.MonkeyPatch, folder: Path, layout: CpuLayout, team: GeneratorTeam) -> bool:
    """As local processes."""
    patch.setattr(local, "EmbeddedPostgres", Told)
    with local.ProcessRuntime(folder, layout, team) as runtime, pytest.raises(Told) as told:
        runtime.start_database()
    return told.value.gives_way


@pytest.mark.parametrize("started", [in_containers, as_processes])
@pytest.mark.parametrize(
    "case",
    [
        Case(TWO_CPUS, workers=0, has_the_right=True, gives_way=False),
        Case(TWO_CPUS, workers=1, has_the_right=True, gives_way=False),
        Case(TWO_CPUS, workers=2, has_the_right=True, gives_way=True),  # of two on one CPU, neither goes first
        Case(TWO_CPUS, workers=0, has_the_right=False, gives_way=True),
        Case(FOUR_CPUS, workers=3, has_the_right=True, gives_way=False),  # the database has a CPU of its own
        Case(FOUR_CPUS, workers=0, has_the_right=False, gives_way=False),
    ],
)
def test_the_database_gives_way_where_the_generator_beside_it_can_not_go_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, started: Starts, case: Case
) -> None:
    monkeypatch.setattr(this_host, "may_go_first", lambda: case.has_the_right)
    assert started(monkeypatch, tmp_path, case.layout, GeneratorTeam(workers=case.workers)) == case.gives_way


def test_nobody_gives_way_to_workers_that_are_awaited_since_each_has_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(this_host, "may_go_first", lambda: True)
    assert not this_host.database_gives_way(TWO_CPUS, GeneratorTeam(workers=2, listen="192.0.2.1:5557"))


@pytest.mark.parametrize(("workers", "preferred"), [(0, [7]), (1, [7]), (2, [])])
def test_workers_that_share_a_cpu_are_not_made_to_go_first_in_a_container_either(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, workers: int, preferred: list[int]
) -> None:
    without_an_engine(monkeypatch)
    monkeypatch.setattr(ComposeProject, "pids_of", lambda *_: [7])
    asked: list[int] = []
    monkeypatch.setattr(docker, "prefer", asked.extend)
    with docker.DockerRuntime(tmp_path, TWO_CPUS, GeneratorTeam(workers=workers)) as runtime:
        runtime.prefer_driver()
    assert asked == preferred
