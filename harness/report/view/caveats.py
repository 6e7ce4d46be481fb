"""What to beware of: broken contracts, copies told apart, invalid cells, failed sanity checks, few rounds, the host."""

from collections.abc import Iterator, Sequence
from statistics import median

from harness.model.app import JSON_ENDPOINTS
from harness.model.cell import Workload
from harness.model.conformance import contract_words
from harness.model.findings import AnyFinding, Findings
from harness.model.host import Grade
from harness.model.naming import built_words, cell_words, other_serializers, sentence
from harness.model.run import Run
from harness.report.numbers import counted, listed, percent
from harness.report.view.cast import DEVIATION_MARK, ORM_MARK, Cast
from harness.report.view.host import checks_of
from harness.report.view.host_dependence import dependence_sentence
from harness.report.view.outages import outage_sentences
from harness.report.view.taken_cpus import taken_sentences
from harness.report.view.terms import reason
from harness.report.view.validity import unmeasured_words

_WAITS = 0.01
"""Share of the time that a generator waits; with more, a p99 as met may be twice as long."""

_NAMED_CELLS = 4
"""So many invalid cells are named one by one; with more, the section on invalid cells has to do."""


def caveats(run: Run, findings: Findings, cast: Cast) -> Iterator[str]:
    """What limits the findings, the gravest first."""
    if findings.distrust and findings.distrust != findings.copies.distrust:
        yield (
            f"This run can't be trusted: {findings.distrust}. What is left may tell something else, so it decides "
            "nothing that rests on its requests. Take the file from a copy of the folder, or measure again."
        )
    if findings.copies.distrust:
        yield (
            f"This run can't be trusted: {findings.copies.distrust}. Nothing sets them apart but chance, so its other "
            "intervals may be as wrong, and it decides no claim. Measure again; the section on the A/A pair tells more."
        )
    if run.measured_beside:
        yield (
            f"Another benchmark measured on this host meanwhile: {listed(run.measured_beside)}. Each takes CPU time "
            "from the other, so both look slower than they are: measure again, with nothing beside it."
        )
    if run.not_available:
        told = (f"{each.what} ({each.why})" for each in run.not_available)
        yield f"Not available, and so not measured: {'; '.join(told)}."
    yield from _built(run, cast)
    yield from _broken(findings, cast)
    yield from outage_sentences(findings, cast)
    yield from taken_sentences(findings, cast)
    yield from _sanity(findings)
    yield from _invalid(findings, cast)
    if not_measured := unmeasured_words(findings):
        left = [cast.label(each.cell.subject).in_sentence for each in findings.all_cells if each.unmeasured]
        yield f"{not_measured}, in {listed(list(dict.fromkeys(left)))}."
    yield from mark_notes(run, findings, cast)
    yield from _other_serializers(run, findings, cast)
    yield from _mixed_connections(run, cast)
    if run.plan.sequential is not None and run.looks:
        yield (
            "It was looked while it ran whether it may end. The comparison of the two revisions allows for that; "
            "intervals and ranks in the sections below are of the rounds that were measured, as of any run."
        )
    yield from _rounds(run, findings)
    if findings.records_repeated:
        yield (
            f"{counted(findings.records_repeated, 'line')} of windows.jsonl said the same as another: somebody has "
            "added to it. Each record was counted once."
        )
    yield from (dependence_sentence(each, cast) for each in findings.host_dependence if each.found)
    yield from _waits(findings)
    yield from _host(run)


def _built(run: Run, cast: Cast) -> Iterator[str]:
    """Whose packages were not all installed from wheels: on which interpreter, once for all that it is said of."""
    built: dict[str, list[str]] = {}
    for each in run.deployments:
        if each.built and each.subject.is_original:
            words = built_words(each.built, each.interpreter.words)
            built.setdefault(words, []).append(cast.label(each.subject).in_sentence)
    for words, names in built.items():
        yield f"For {listed(names)}, {words}."


def _broken(findings: Findings, cast: Cast) -> Iterator[str]:
    """Who does not keep the contract: its figures are of something else than those of the others."""
    for each in findings.broken:
        yield (
            f"{cast.label(each.subject).in_sentence} {contract_words(each.failed)}, so it takes no rank: it fails "
            f"{counted(len(each.failed), 'check')}, the first: {each.failed[0]}. Its section on apps and deployments "
            "tells more."
        )


def _sanity(findings: Findings) -> Iterator[str]:
    for check in findings.sanity:
        if not check.held:
            yield f"A sanity check did not hold: {check.statement}, yet it came out as {check.detail}."


def _invalid_cells(findings: Findings) -> list[AnyFinding]:
    return [finding for finding in findings.all_cells if not (finding.valid or finding.unmeasured)]


def _invalid(findings: Findings, cast: Cast) -> Iterator[str]:
    invalid = _invalid_cells(findings)
    if not invalid:
        return
    if len(invalid) > _NAMED_CELLS:
        names = listed(list(dict.fromkeys(cast.label(finding.cell.subject).in_sentence for finding in invalid)))
        yield (
            f"{len(invalid)} of {counted(len(findings.all_cells), 'cell')} are invalid and take no rank, in {names}. "
            "The section on invalid cells gives each one's reason."
        )
        return
    for finding in invalid:
        name = cast.label(finding.cell.subject).in_sentence
        yield sentence(f"Invalid, so without a rank: {name} on {cell_words(finding.cell)}: {reason(finding)}")


def invalid_sentence(findings: Findings, cast: Cast) -> str | None:
    """How many cells are invalid, by which gates, and the first one's reason; None where all are valid."""
    everything = findings.all_cells
    invalid = _invalid_cells(findings)
    if not invalid:
        return None
    groups: dict[tuple[str, ...], list[AnyFinding]] = {}
    for finding in invalid:
        groups.setdefault(tuple(gate.name.value for gate in finding.gates if not gate.held), []).append(finding)
    are = "is" if len(invalid) == 1 else "are"
    usable = "" if len(invalid) < len(everything) else ", so the run measured nothing usable"
    told = "; ".join(f"{_by(gates)}{_cells(found, cast)}" for gates, found in groups.items())
    why = next((gate.explanation for gate in invalid[0].gates if not gate.held), reason(invalid[0]))
    return f"{len(invalid)} of {len(everything)} cells {are} invalid{usable}: {told}; the first: {why}"


def _by(gates: tuple[str, ...]) -> str:
    quoted = [f'"{gate}"' for gate in gates]
    return f"by {listed(quoted)}: " if gates else ""


def _cells(found: Sequence[AnyFinding], cast: Cast) -> str:
    names = [cast.label(each.cell.subject).in_sentence for each in found]
    if len(found) > _NAMED_CELLS:
        return f"{len(found)} cells of {listed(list(dict.fromkeys(names)))}"
    return listed([f"{name} on {cell_words(each.cell)}" for name, each in zip(names, found, strict=True)])


def mark_notes(run: Run, findings: Findings, cast: Cast) -> Iterator[str]:
    """The notes that the marks behind names lead to, each with its mark first."""
    yield from _deviations(findings, cast)
    yield from orm_sentences(run, cast)


def name_notes(run: Run, findings: Findings, cast: Cast) -> Iterator[tuple[tuple[str], str]]:
    """(what stands behind a name, what it means), for each view that has such a name: marks, and the second copy."""
    yield from (((note[0],), note) for note in mark_notes(run, findings, cast))
    for copy in [subject for subject in run.plan.subjects if subject.twin][:1]:
        special = cast.label(copy).special
        note = (
            f"A {special} is the same app once more, as if it were another: what sets the two apart is chance, or the "
            "host. It competes with nobody, and so has no rank, and no dot of its own."
        )
        yield (special,), note


def _deviations(findings: Findings, cast: Cast) -> Iterator[str]:
    """On frameworks that do otherwise than the contract; what all variants of an app have in common stands once."""
    notes: dict[tuple[str, ...], list[str]] = {}
    for each in findings.contracts:
        if each.deviates:
            notes.setdefault(each.deviates, []).append(cast.label(each.subject).in_sentence)
    for deviations, names in notes.items():
        yield (
            f"{DEVIATION_MARK} By itself, the framework of {listed(names)} does otherwise than the contract, which is "
            f"measured all the same and not counted as passed: {'; '.join(deviations)}."
        )


def orm_sentences(run: Run, cast: Cast) -> Iterator[str]:
    """The notes that the marks of an ORM lead to."""
    through: dict[str, list[str]] = {}
    for each in run.deployments:
        if each.libraries.orm and each.libraries.has_orm and each.subject.is_original:
            through.setdefault(each.libraries.orm, []).append(cast.label(each.subject).in_sentence)
    for orm, names in through.items():
        yield (
            f"{ORM_MARK} On endpoints with a database, what is measured of {listed(names)} is {orm} too: rows pass "
            "through it there, and apps without the mark send SQL of their own."
        )


def _other_serializers(run: Run, findings: Findings, cast: Cast) -> Iterator[str]:
    """Whose JSON may have been written by something else than its manifest says, of those that answered at all."""
    answered = {each.cell.subject for each in findings.cells if each.requests}
    wrote = {each.cell.subject for each in findings.cells if each.requests and each.cell.endpoint in JSON_ENDPOINTS}
    meant: dict[tuple[str, ...], list[str]] = {}
    for each in run.deployments:
        others = other_serializers(each)
        if others.meant and each.subject in wrote and each.subject.is_original:
            meant.setdefault(others.meant, []).append(cast.label(each.subject).in_sentence)
        if others.in_doubt and each.subject in answered and each.subject.is_original:
            name, other = cast.label(each.subject).in_sentence, listed(others.in_doubt)
            yield (
                f"{name} is said to write its JSON with {each.libraries.serializer}, and its server has loaded {other} "
                f"too. Some frameworks load what they don't use; if they used it, its figures on JSON are of {other}, "
                "and its manifest has to say so."
            )

    for which, names in meant.items():
        is_ = "is" if len(which) == 1 else "are"
        does = "does" if len(which) == 1 else "do"
        yield f"In {listed(names)}, {listed(which)} {is_} loaded and, by the manifest, {does} not write the JSON."


def _mixed_connections(run: Run, cast: Cast) -> Iterator[str]:
    names = [cast.label(each.subject).in_sentence for each in run.deployments if each.keep_alive == "mixed"]
    if names:
        keep, close = ("keeps", "closes") if len(names) == 1 else ("keep", "close")
        yield (
            f"{listed(names)} {keep} some connections open between requests and {close} others. What opening new ones "
            "costs is in the figures, and how many there were is no reason to refuse them."
        )


def _rounds(run: Run, findings: Findings) -> Iterator[str]:
    if findings.rounds_complete < findings.rounds_planned and run.stopped is None:
        yield (
            f"Only {findings.rounds_complete} of {counted(findings.rounds_planned, 'planned round')} "
            "were completed: the intervals are wider than they were meant to be."
        )
    if run.stopped is not None and not run.plan.looks_to_end:
        yield (
            f"It ended by the clock: {run.stopped}. No round begins that would end after the limit, so a "
            "run may take less. With all rounds, intervals would be narrower, and some p99s that are not known, and "
            "claims that are not decided, might be."
        )
    if findings.rounds_complete <= 1:
        yield (
            "One round means one start of each server. How much a fresh start would change the numbers was not "
            "measured, so the true intervals are wider than the shown ones: take this run as a trial."
        )


def _waits(findings: Findings) -> Iterator[str]:
    shares = [
        finding.generator_wait_share
        for finding in findings.cells
        if finding.cell.workload is Workload.LATENCY and finding.generator_wait_share is not None
    ]
    if shares and median(shares) > _WAITS:
        yield (
            f"While latencies were measured, the load generator waited for its CPU {percent(median(shares))} of the "
            "time (median): other work ran there. Where that goes with one app, its cells are invalid; otherwise "
            "ratios of medians and throughputs stand. But a p99 as met is in part that of this host: stop other work."
        )


def _host(run: Run) -> Iterator[str]:
    if run.load_host is not None:
        yield (
            "Servers and database ran on another host than the load generator. Latencies include the network between "
            "them, and CPU times were read over it: a rate of them is wrong by at most the share of the reading's "
            "delay in its window (meter_late_share in data.csv), which is 5 % at the most."
        )
    if run.plan.cpus.load_host_apart and run.plan.cpus.database_beside_server:
        yield (
            "The database shares the server's CPU: read the results on database endpoints as a comparison inside "
            "this run and not as what a server of its own would do."
        )
    elif not run.plan.cpus.isolated:
        yield (
            f"This host has {counted(run.host.cpu_count, 'CPU')}. With fewer than 4, the database shares a CPU with "
            "the load generator, so read the results on database endpoints as a comparison inside this run and not "
            "as what a server of its own would do."
        )
    for grade, words in ((Grade.UNFIT, "unfit for measuring"), (Grade.POOR, "poor for measuring")):
        names = [check.name for check in checks_of(run) if check.grade is grade]
        if names:
            yield f"The host is {words} in {counted(len(names), 'respect')}: {', '.join(names)}. See the host's checks."
