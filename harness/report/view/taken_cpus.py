"""Capacities that may be those of a host whose CPUs others had, and not of a server on a CPU of its own."""

from collections.abc import Iterator

from harness.comparison.taken_cpus import TAKEN
from harness.model.findings import CellFinding, Findings
from harness.model.naming import capitalised, cell_words
from harness.model.validity import Bound
from harness.report.numbers import listed, percent
from harness.report.view.cast import Cast


def taken_sentences(findings: Findings, cast: Cast) -> Iterator[str]:
    """A sentence on those whose CPU others had, and one on those of which it can't be told; each names its cells."""
    for bound, words in TAKEN.items():
        if cells := _cells(findings, cast, bound):
            unsure = "whether they waited for a CPU can't be told, so " if bound is Bound.UNCLEAR else ""
            so = capitalised(f"{unsure}{words.so}")
            yield f"{capitalised(words.of_several)}: {cells}. {so}: end other work and measure again."


def _cells(findings: Findings, cast: Cast, bound: Bound) -> str:
    """By what was asked: `on json, capacity, 32 connections, one at 14 % of a CPU and two at 31 % of a CPU`."""
    kinds: dict[str, list[CellFinding]] = {}
    for each in findings.cells:
        if each.bound is bound and each.valid and each.cell.workload.saturates and each.cell.subject.is_original:
            kinds.setdefault(cell_words(each.cell), []).append(each)
    return "; ".join(f"on {words}, {listed([_used(each, cast) for each in found])}" for words, found in kinds.items())


def _used(finding: CellFinding, cast: Cast) -> str:
    used = "" if finding.server_cpu_share is None else f" at {percent(finding.server_cpu_share)} of a CPU"
    return f"{cast.label(finding.cell.subject).in_sentence}{used}"
