"""Sentences on how sure the findings are: rounds, interval width, A/A pair, generator, sanity."""

from collections.abc import Iterator
from typing import Final

from harness.digits import significant
from harness.model.calibration import Ceiling
from harness.model.cell import Workload
from harness.model.findings import TIE_MARGIN, AnyFinding, CopiesTest, Findings
from harness.model.naming import cell_words
from harness.model.run import Run
from harness.model.validity import Gate, GateName
from harness.report.numbers import counted, listed, percent
from harness.report.view.cast import Cast
from harness.report.view.copies import broken_words
from harness.report.view.headroom import ceiling_rps, ceiling_share, is_above_calibration
from harness.report.view.ratio_widths import are_hardly_known, gain_words, is_taken_out, known_words

_GENERATOR_GATES: Final = frozenset(
    {GateName.GENERATOR_BOUND, GateName.GENERATOR_CPU, GateName.GENERATOR_DELAY, GateName.SERVER_BUSY}
)
"""Gates that fail when a number may describe the generator instead of the server."""

_NAMED_CELLS: Final = 3
"""So many cells are named one by one; more are counted."""


def certainty(run: Run, findings: Findings, cast: Cast) -> Iterator[str]:
    """How far the numbers can be trusted."""
    yield from _width(findings)
    yield _copies(findings.copies, cast)
    yield _generator(findings, run, cast)
    if findings.sanity and all(check.held for check in findings.sanity):
        yield f"No sanity check failed, of {len(findings.sanity)}."


def _width(findings: Findings) -> Iterator[str]:
    if known := known_words(findings):
        hardly = ", so hardly anything can be told apart after" if are_hardly_known(findings) else ", from"
        yield f"{known}{hardly} {counted(findings.rounds_complete, 'round')}."
    if findings.speed is not None:
        varied = f"The speed of the host's CPU varied by {percent(findings.speed.relative_sd)} (standard deviation)"
        yield f"{varied} between windows. A probe measured it{_what_became_of_it(findings)}."


def _what_became_of_it(findings: Findings) -> str:
    if not is_taken_out(findings):
        return ". What follows from it could not be told, so capacities are as counted"
    gain = gain_words(findings)
    return f", and it is taken out{f', which {gain}' if gain else ''}"


def _copies(copies: CopiesTest, cast: Cast) -> str:
    ties = f"Differences within {percent(TIE_MARGIN)} count as ties."
    if copies.subject is None:
        return f"No A/A pair was measured, so the run's intervals were not put to the test. {ties}"
    name = cast.label(copies.subject).in_sentence
    ties = " ".join(filter(None, (broken_words(copies, cast), ties)))
    if not copies.pairs:
        return (
            f"Two copies of {name} ran, but have no valid cell in common, so the run's intervals were not put to the "
            f"test. {ties}"
        )
    inside = len(copies.pairs) - copies.outside
    so = "too few" if copies.distrust else "as chance has it"
    contain = "contains" if inside == 1 else "contain"
    return (
        f"Two copies of {name} ran as if they were two apps: {inside} of {counted(len(copies.pairs), 'interval')} of "
        f"their ratios {contain} 1, {so}. {ties}"
    )


def _generator(findings: Findings, run: Run, cast: Cast) -> str:
    if run.ceiling is None:
        return "The load generator was not calibrated, so whether it ever was the limit is unknown."
    capacities = [each for each in findings.cells if each.cell.workload is Workload.CAPACITY and not each.unmeasured]
    measured = [(share, each) for each in capacities if each.valid and (share := ceiling_share(each)) is not None]
    suspect = [each for each in findings.all_cells if any(_blames_generator(gate) for gate in each.gates)]
    shaped = f"The load generator may have shaped {_cells(suspect, cast)}, which therefore count as invalid."
    if not measured:
        what = "is valid" if capacities else "was measured"
        return f"No capacity {what}, so nothing can be said of the load generator's headroom."
    share, finding = max(measured, key=lambda pair: pair[0])
    headroom = (
        f"the highest capacity, {cast.label(finding.cell.subject).in_sentence} on {finding.cell.endpoint.value}, used "
        f"{percent(share)} of its ceiling of {_ceiling(run, run.ceiling)}."
    )
    return f"{shaped} Elsewhere {headroom}" if suspect else f"The load generator was never the limit: {headroom}"


def _ceiling(run: Run, ceiling: Ceiling) -> str:
    told = f"{significant(ceiling_rps(run, ceiling))} requests/s"
    if not is_above_calibration(run, ceiling):
        return told
    return (
        f"{told}, which is what its CPU time per request allows; the calibration came to "
        f"{significant(ceiling.engine_rps)} only, without using all of its CPU"
    )


def _blames_generator(gate: Gate) -> bool:
    return not gate.held and gate.name in _GENERATOR_GATES


def _cells(findings: list[AnyFinding], cast: Cast) -> str:
    if len(findings) > _NAMED_CELLS:
        return counted(len(findings), "cell")
    return listed([f"{cast.label(each.cell.subject).in_sentence} on {cell_words(each.cell)}" for each in findings])
