"""From a recorded run to what is kept of it to compare others with it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from harness.analysis.cells import JudgedCell, by_subject
from harness.analysis.copies import examine_copies, why_distrusted
from harness.analysis.crowds import JudgedCrowd, judge_crowds
from harness.analysis.footprint import OF_STARTS, JudgedFootprint, footprints_side_by_side, judge_footprints
from harness.analysis.quantities import ByKind, JudgedRun, Quantities
from harness.analysis.side_by_side import SideBySide
from harness.comparison.conditions import conditions
from harness.model.cell import AT_A_RATE, CROWDS, Cell, Kind, Subject, Workload
from harness.model.claim import LATENCIES, Metric
from harness.model.comparison import METRICS_OF, CellSummary, Figure, RunSummary, is_of_a_server
from harness.model.conformance import contract_words
from harness.model.run import Deployment
from harness.model.validity import Bound
from harness.results.records import RecordedRun
from harness.results.run_state import state_at_rest, unmeasured_cells

_MANY_DF: Final = 1e6
"""As good as infinitely many, and can be written in JSON."""

_AT_ONE_RATE: Final = AT_A_RATE - {Workload.LIMIT}

type Judged = JudgedCell | JudgedFootprint
"""What is compared: a cell with the reasons why it is invalid."""

type AnyJudged = Judged | JudgedCrowd
"""The same, and of what nothing is compared."""


def summarise(recorded: RecordedRun, name: str, judged_run: JudgedRun | None = None) -> RunSummary:
    """The run in the folder of this name, judged by the gates of today; `judged_run` saves judging it once more.

    It is told as one that nobody measures any more: `summary_as_it_stands` tells it as one under way.
    """
    run = recorded.run
    judged_run = judged_run or JudgedRun(recorded)
    judged = judge_comparable(recorded, judged_run)
    deployments = by_subject(run)
    broken = broken_contracts(recorded)
    of_requests = judged_run.quantities
    quantities = by_metric(recorded, judged, of_requests)
    crowds = (each for workload in CROWDS for each in judge_crowds(recorded, workload))
    every: list[AnyJudged] = [*judged, *crowds]
    left = unmeasured_cells(recorded, state_at_rest(recorded, name))
    return RunSummary(
        run_id=run.run_id,
        name=name,
        started_at=run.started_at,
        profile=run.plan.profile,
        runtime=run.runtime,
        revision=run.harness_revision,
        conditions=conditions(run),
        distrust=why_distrusted(recorded, examine_copies(of_requests, run)),
        rounds=recorded.rounds_complete,
        cells=tuple(
            _cell(
                each,
                quantities,
                deployments.get(each.cell.subject),
                broken.get(each.cell.subject.original),
                left.get(each.cell.key),
            )
            for each in in_order(every, run.plan.cells)
            if not each.cell.subject.twin
        ),
    )


def broken_contracts(recorded: RecordedRun) -> Mapping[Subject, str]:
    """Who breaks the contract, and in what: what was measured of it is something else, and compares with nothing."""
    return {
        each.subject: f"it {contract_words(each.failed)}: {each.failed[0]}"
        for each in recorded.contracts
        if each.failed
    }


def judge_comparable(recorded: RecordedRun, judged_run: JudgedRun | None = None) -> list[Judged]:
    """All cells of a run that can be compared, in the order of the plan."""
    judged: list[Judged] = [*(judged_run or JudgedRun(recorded)).cells, *judge_footprints(recorded)]
    return in_order(judged, recorded.run.plan.cells)


def in_order[Each: AnyJudged](judged: Iterable[Each], cells: Iterable[Cell]) -> list[Each]:
    """Sorted as the plan has their cells."""
    places = {cell: place for place, cell in enumerate(cells)}
    return sorted(judged, key=lambda each: places[each.cell])


def quantities_of(judged: Sequence[Judged]) -> Quantities:
    """All that is estimated of the cells that are loaded by requests."""
    return Quantities(each for each in judged if isinstance(each, JudgedCell))


def by_metric(recorded: RecordedRun, judged: Sequence[Judged], quantities: Quantities) -> dict[Metric, ByKind]:
    """What is compared, for the workloads that it is compared of."""
    footprints = {Kind.of(each.cell) for each in judged if isinstance(each, JudgedFootprint)}
    found: dict[Metric, ByKind] = {
        Metric.THROUGHPUT: quantities.throughput,
        Metric.SERVER_CPU: quantities.server_cpu,
        **{metric: quantities.latency(figure) for metric, figure in LATENCIES.items()},
        Metric.HIGHEST_RATE: quantities.highest_rate,
        Metric.IN_FLIGHT: quantities.in_flight,
        **{metric: dict.fromkeys(footprints, footprints_side_by_side(recorded, metric)) for metric in OF_STARTS},
    }
    return {
        metric: {kind: each for kind, each in of_kind.items() if metric in METRICS_OF.get(kind.workload, ())}
        for metric, of_kind in found.items()
    }


def _cell(
    judged: AnyJudged,
    quantities: Mapping[Metric, ByKind],
    deployment: Deployment | None,
    broken: str | None,
    unmeasured: str | None,
) -> CellSummary:
    cell = judged.cell
    used = judged.windows.used if isinstance(judged, JudgedCell) else ()
    kind, figures = Kind.of(cell), dict[Metric, Figure]()
    for metric, of_kind in ({} if broken else quantities).items():
        side_by_side = of_kind.get(kind)
        if side_by_side and side_by_side.has(cell.subject) and is_of_a_server(side_by_side.value(cell.subject)):
            figures[metric] = figure_of(side_by_side, cell.subject)
    return CellSummary(
        cell=cell,
        reasons=() if unmeasured else (broken, *judged.reasons) if broken else judged.reasons,
        unmeasured=unmeasured,
        offered_rps=used[0].spec.rate_rps if used and cell.workload in _AT_ONE_RATE else None,
        bound=judged.bound if isinstance(judged, JudgedCell) else Bound.UNKNOWN,
        figures=figures,
        title=deployment.title if deployment else cell.subject.app,
        framework_version=deployment.framework_version if deployment else None,
        lock_sha256=deployment.lock_sha256 if deployment else "",
        code_sha256=deployment.code_sha256 if deployment else "",
    )


def figure_of(side_by_side: SideBySide, subject: Subject) -> Figure:
    """A subject's value, and how well it is known beside the other apps of its kind.

    There, what moved a whole round cancels.
    """
    others = [other for other in side_by_side.subjects if other.app != subject.app]
    relative = side_by_side.log_ratio_to_mean(subject, others) if others else None
    return Figure(
        estimate=side_by_side.value(subject),
        relative_standard_error=relative.standard_error if relative else None,
        relative_df=min(relative.df, _MANY_DF) if relative else None,
    )
