"""What an app costs when hardly anybody comes: whether the truth is found, and what is no figure."""

from math import log

import pytest

from harness.analysis.analyse import analyse
from harness.analysis.quantities import JudgedRun
from harness.comparison.summarise import summarise
from harness.model.app import Endpoint
from harness.model.claim import Metric
from harness.model.findings import CellFinding
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import IdleCost, Noise, SharedHost, idle_run, simulated_runs, subject

COSTS = {
    subject("rests"): IdleCost(timers_us_per_s=0.0, request_us=150.0, database_us=80.0),
    subject("polls"): IdleCost(timers_us_per_s=3_000.0, request_us=150.0, database_us=80.0),
    **{subject(f"app{place}"): IdleCost(500.0 * place, 200.0 + 50 * place, 80.0) for place in range(4)},
}
QUIET = Noise(window=0.01, process=0.01, common=0.01)
RUNS = simulated_runs(30)


def found(recorded: RecordedRun) -> dict[str, CellFinding]:
    return {finding.cell.subject.app: finding for finding in analyse(recorded).cells}


def test_the_cost_of_a_second_holds_the_timers_and_that_of_a_request_its_share_of_them() -> None:
    cells = found(idle_run(COSTS, noise=QUIET))
    assert all(finding.valid for finding in cells.values())
    for each, truth in COSTS.items():
        finding = cells[each.app]
        assert finding.server_cpu_us_per_s
        assert finding.server_cpu_us_per_request
        assert finding.database_cpu_us_per_s
        assert finding.server_cpu_us_per_s.value == pytest.approx(truth.us_per_s, rel=0.03)
        assert finding.server_cpu_us_per_request.value == pytest.approx(truth.us_per_s / 10, rel=0.03)
        assert finding.database_cpu_us_per_s.value == pytest.approx(10 * truth.database_us, rel=0.03)
        assert finding.offered_rps == 10


def test_the_database_has_a_cost_only_where_it_is_asked() -> None:
    cells = found(idle_run(COSTS, noise=QUIET, endpoint=Endpoint.JSON))
    assert {finding.database_cpu_us_per_s for finding in cells.values()} == {None}


def test_a_cost_is_no_figure_where_requests_were_not_answered_in_time() -> None:
    recorded = idle_run(COSTS, noise=QUIET)
    late = tuple(
        each.model_copy(update={"report": each.report.model_copy(update={"completed_in_time": 20})})
        if each.report and each.cell.startswith("polls")
        else each
        for each in recorded.windows
    )
    finding = found(recorded.model_copy(update={"windows": late}))["polls"]
    assert finding.server_cpu_us_per_s is None
    assert finding.reasons[0].startswith("offered rate: 66.7% of 180 requests due were answered in time")


def test_windows_whose_meters_were_not_read_leave_a_cost_unknown_and_not_zero() -> None:
    recorded = idle_run(COSTS, noise=QUIET)
    unread = tuple(
        each.model_copy(update={"meter": None}) if each.cell.startswith("polls") else each for each in recorded.windows
    )
    finding = found(recorded.model_copy(update={"windows": unread}))["polls"]
    assert finding.valid
    assert finding.server_cpu_us_per_s is None


def test_two_runs_are_compared_by_what_a_request_costs_and_not_by_how_many_came() -> None:
    summary = summarise(idle_run(COSTS, noise=QUIET), "a")
    assert [set(each.figures) for each in summary.cells] == [{Metric.SERVER_CPU}] * len(COSTS)
    assert [each.offered_rps for each in summary.cells] == [10.0] * len(COSTS)


@pytest.mark.simulation
@pytest.mark.parametrize("host", [None, SharedHost(steal=0.05)])
def test_95_of_100_intervals_contain_the_truth(host: SharedHost | None) -> None:
    """Of costs, and of their ratios; on a shared host of ratios alone, since costs are those of its mean speed."""
    inside: list[bool] = []
    subjects = list(COSTS)
    for seed in range(RUNS):
        recorded = idle_run(COSTS, noise=Noise(window=0.08, process=0.03), host=host, seed=seed)
        (costs,) = JudgedRun(recorded).quantities.server_cpu_per_s.values()
        for place, each in enumerate(subjects):
            other = subjects[place - 1]
            ratio = costs.log_ratio(each, other)
            truth = log(COSTS[each].us_per_s / COSTS[other].us_per_s)
            inside.append(abs(ratio.value - truth) <= ratio.half_width)
            if host is None:
                value = costs.log_value(each)
                inside.append(abs(value.value - log(COSTS[each].us_per_s)) <= value.half_width)
    assert 0.92 <= sum(inside) / len(inside) <= 0.98, sum(inside) / len(inside)
