"""Where no run tells how fast the host is, a trial does; and whether others worked beside it."""

from collections.abc import Collection
from pathlib import Path

import pytest

from harness.host.trial import Trial
from harness.measure import pace_here
from tests.unit.results.sample import run_of

RUN = run_of([])


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

    def trial(cpu: int, cpus: Collection[int]) -> Trial:
        assert cpu == RUN.plan.cpus.server[0]
        looked_at.append(cpus)
        return Trial(3.0, others_cpus)

    monkeypatch.setattr(pace_here, "trial", trial)
    pace = pace_here.pace_here(tmp_path, RUN.plan, (RUN.host, None))
    assert (pace.told, pace.usual.by_host) == (told, 3.0)
    layout = RUN.plan.cpus
    assert looked_at == [{*layout.server, *layout.generator, *layout.database}]


def test_where_none_can_be_made_the_time_is_that_of_a_calm_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace_here, "trial", lambda *_: None)
    assert pace_here.pace_here(tmp_path, RUN.plan, (RUN.host, None)).told.startswith("on a calm host")
