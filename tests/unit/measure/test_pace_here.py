"""Where no run tells how fast the host is, a trial does; and whether others worked beside it."""

from collections.abc import Collection
from pathlib import Path

import pytest

from harness.host.trial import Trial
from harness.measure import pace_here
from harness.model.course import Pace, Part
from harness.model.host import CpuLayout
from harness.model.plan import Plan
from harness.model.run import RuntimeName
from harness.plan.first_pace import first_pace
from tests.unit.plan.simulated_hosts import plan_of
from tests.unit.results.sample import run_of

RUN = run_of([], plan=plan_of())
APART = RUN.plan.model_copy(update={"cpus": RUN.plan.cpus.model_copy(update={"load_host_apart": True})})


def pace(folder: Path, runtime: RuntimeName = RuntimeName.PROCESS, plan: Plan = RUN.plan) -> Pace:
    return pace_here.pace_here(folder, plan, (RUN.host, None), runtime)


@pytest.mark.parametrize(
    ("others_cpus", "told"),
    [
        (None, "by a trial of this host"),
        (0.0, "by a trial of this host"),
        (0.19, "by a trial of this host"),
        (0.8, "by a trial of this host; others used 0.8 of its CPUs meanwhile, so it may differ"),
    ],
)
def test_a_trial_beside_others_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others_cpus: float | None, told: str
) -> None:
    looked_at: list[Collection[int]] = []

    def trial(server: int, generator: int, cpus: Collection[int]) -> Trial:
        assert (server, generator) == (RUN.plan.cpus.server[0], RUN.plan.cpus.generator[0])
        looked_at.append(cpus)
        return Trial(3.0, 4.0, others_cpus)

    monkeypatch.setattr(pace_here, "trial", trial)
    found = pace(tmp_path)
    assert found == first_pace(RUN.plan, RuntimeName.PROCESS, told, 3.0, 4.0)
    assert (found.told, found.usual.by_host) == (told, 3.0)
    assert found.of(Part.WINDOWS).by_clock > 1
    layout = RUN.plan.cpus
    assert looked_at == [{*layout.server, *layout.generator, *layout.database}]


@pytest.mark.parametrize(("limit_cpus", "times"), [(None, 1.0), (2.0, 1.0), (1.0, 1.3), (0.5, 2.6)])
def test_a_limit_that_only_server_and_generator_together_meet_counts_though_no_trial_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit_cpus: float | None, times: float
) -> None:
    """What one process does at a time, such as a start, is not held back by it, or a trial shows that."""
    monkeypatch.setattr(pace_here, "trial", lambda *_: Trial(2.0, 3.0, None))
    hosts = RUN.host.model_copy(update={"cgroup_cpu_limit": limit_cpus}), None
    by_process, contained = (pace_here.pace_here(tmp_path, RUN.plan, hosts, each) for each in RuntimeName)
    told = "by a trial of this host"
    assert by_process == first_pace(RUN.plan, RuntimeName.PROCESS, told, 2.0, times * 3.0)
    assert contained == first_pace(RUN.plan, RuntimeName.DOCKER, told, 2.0, 3.0), "they have groups of their own"


@pytest.mark.parametrize(("limit_cpus", "times"), [(None, 1.3), (2.0, 1.3), (0.5, 2.6)])
def test_one_cpu_for_server_and_generator_is_such_a_limit_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit_cpus: float | None, times: float
) -> None:
    monkeypatch.setattr(pace_here, "trial", lambda *_: Trial(2.0, 3.0, None))
    one_cpu = CpuLayout(server=(1,), generator=(1,), database=(1,))
    plan = RUN.plan.model_copy(update={"cpus": one_cpu})
    hosts = RUN.host.model_copy(update={"cgroup_cpu_limit": limit_cpus}), None
    by_process, contained = (pace_here.pace_here(tmp_path, plan, hosts, each) for each in RuntimeName)
    told = "by a trial of this host"
    assert by_process == first_pace(plan, RuntimeName.PROCESS, told, 2.0, times * 3.0)
    assert contained == first_pace(plan, RuntimeName.DOCKER, told, 2.0, 1.3 * 3.0), "a host has its CPUs in any case"


def test_in_containers_a_trial_tells_of_containers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_here, "trial", lambda *_: Trial(1.5, 1.0, None))
    starts, contained = (pace(tmp_path, each).of(Part.STARTS).by_host for each in RuntimeName)
    assert contained > starts > 1


@pytest.mark.parametrize("plan", [RUN.plan, APART], ids=["it can't be made", "it is another host that counts"])
def test_without_a_trial_the_time_is_that_of_a_calm_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plan: Plan
) -> None:
    monkeypatch.setattr(pace_here, "trial", lambda *_: None)
    for runtime in RuntimeName:
        found = pace(tmp_path, runtime, plan)
        assert found == first_pace(plan, runtime)
        assert found.told.startswith("on a calm host")


def test_the_host_that_the_load_comes_from_is_not_tried_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace_here, "trial", lambda *_: pytest.fail("tried"))
    assert pace(tmp_path, RuntimeName.DOCKER, APART) == first_pace(APART, RuntimeName.DOCKER)
