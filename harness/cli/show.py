"""`bench show RUN`: a run's findings in the terminal."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from harness.analysis.analyse import analyse
from harness.claims.no_value import why_no_percentile
from harness.cli.output import print_json, say
from harness.cli.recorded import read_chosen
from harness.cli.tables import print_rows
from harness.model.cell import Subject, Workload
from harness.model.conformance import contract_words
from harness.model.errors import UsageError
from harness.model.findings import TIE_MARGIN, AnyFinding, CellFinding, Estimate, Findings, Ranking, RankRow
from harness.model.host_speed import HOST_DEPENDENCE_LEVEL
from harness.model.latency_figure import Latency, LatencyFigure
from harness.model.naming import cell_words
from harness.report.card.beside import side_by_side, two_subjects
from harness.report.card.facts import facts, measured_of
from harness.report.card.leaders import leaders
from harness.report.file_names import APP_LOGS_FILE
from harness.report.numbers import NBSP, Reading, reading
from harness.report.screen.trust import trust_in
from harness.report.view.cast import DEVIATION_MARK, Cast, SubjectLabel
from harness.report.view.caveats import orm_sentences
from harness.report.view.curves import percentile
from harness.report.view.loads import unknown_of_server
from harness.report.view.outages import outage_sentences
from harness.report.view.quality import quality_view
from harness.report.view.ranking import first_shared_rank, rank_rule, rank_text, ranking_note
from harness.report.view.ratios import RatioBook
from harness.report.view.taken_cpus import taken_sentences
from harness.report.view.terms import INVALID, lack, lack_of_cpu, reason, unmeasured_alike
from harness.report.view.text_tables import TextTable, text_tables
from harness.results.records import RecordedRun
from harness.results.run_state import RunState, as_it_stands, state_now


def show(run: str, *, app: tuple[str, ...] = (), as_json: bool) -> None:
    """Show what a run found. RUN is a folder, an id, the start of one, or `latest`."""
    folder, recorded = read_chosen(run)
    state = state_now(folder, recorded)
    findings = as_it_stands(analyse(recorded), recorded, state)
    cast = Cast(recorded.run, findings.contracts)
    if app:
        _show_two(recorded, findings, app, as_json=as_json)
        return
    if as_json:
        print_json({"state": asdict(state), **findings.model_dump(mode="json")})
        return
    _show_what_bounds(recorded, findings, cast)
    _show_leaders(recorded, findings, cast)
    _show_rankings(findings, cast)
    _show_tables(text_tables(recorded.run, findings, recorded.starts, cast))
    for each in findings.contracts:
        if each.deviates:
            name = cast.label(each.subject).in_sentence
            say(f"{DEVIATION_MARK} deviates by itself, as its manifest says: {name}: {'; '.join(each.deviates)}")
    for sentence in orm_sentences(recorded.run, cast):
        say(sentence)
    _show_invalid(findings, state, cast, folder / APP_LOGS_FILE)
    _show_unknown(findings, cast)
    _show_host(findings)


def _show_what_bounds(recorded: RecordedRun, findings: Findings, cast: Cast) -> None:
    """What is to be known before any figure is read."""
    if findings.distrust:
        say(f"This run can't be trusted: {findings.distrust}.")
    for lacking in recorded.run.not_available:
        say(f"not available: {lacking.what}: {lacking.why}")
    for each in findings.broken:
        name = cast.label(each.subject).in_sentence
        say(f"{contract_words(each.failed)}, so it takes no rank: {name}: {'; '.join(each.failed)}")
    for sentence in outage_sentences(findings, cast):
        say(sentence)
    for sentence in taken_sentences(findings, cast):
        say(sentence.replace(NBSP, " "))
    if not findings.distrust:
        say(trust_in(findings, quality_view(recorded.run, findings)).line.replace(NBSP, " "))


def _show_leaders(recorded: RecordedRun, findings: Findings, cast: Cast) -> None:
    """Who comes first by what no ranking has; its tables stand below the rankings."""
    run, book = recorded.run, RatioBook.of(findings)
    known = facts(measured_of(run, findings, recorded.starts, book, cast))
    for each in leaders(known, [cast.label(subject) for subject in run.plan.subjects], book):
        say(f"{each.about}: {each.text}".replace(NBSP, " "))


def _show_two(recorded: RecordedRun, findings: Findings, names: tuple[str, ...], *, as_json: bool) -> None:
    """Two apps side by side, on every figure that the run has of either."""
    if len(names) != 2:  # noqa: PLR2004 - two are two
        raise UsageError("--app is given twice or not at all", hint="name two: --app flask --app fastapi")
    run = recorded.run
    cast = Cast(run, findings.contracts)
    a, b = (cast.label(subject) for subject in two_subjects(run, names))
    book = RatioBook.of(findings)
    rows = side_by_side(facts(measured_of(run, findings, recorded.starts, book, cast)), book, a, b)
    told = [
        {
            "figure": row.what,
            a.in_sentence: row.a,
            b.in_sentence: row.b,
            "better": row.better,
            "first over second": row.ratio,
        }
        for row in rows
    ]
    if as_json:
        print_json(told)
        return
    print_rows(told, empty="the run measured nothing of either")


def _show_rankings(findings: Findings, cast: Cast) -> None:
    if any(ranking.rows for ranking in findings.rankings):
        shared = first_shared_rank(findings)
        told = f" `{shared}=` is rank {shared}, shared." if shared else ""
        say(f"{rank_rule(TIE_MARGIN)}{told}".replace(NBSP, " "))
    for ranking in findings.rankings:
        _show_ranking(ranking, findings, cast)


def _show_ranking(ranking: Ranking, findings: Findings, cast: Cast) -> None:
    rate = f" at the {ranking.rate.value} rate" if ranking.rate else ""
    say(f"\n{ranking.workload.value} of {ranking.endpoint.value}{rate}, {ranking.unit}")
    valid = _valid(ranking, findings)
    head = cast.libraries_head(ranking.endpoint)

    def libraries(subject: Subject) -> dict[str, str]:
        return {head: cast.label(subject).libraries_on(ranking.endpoint)} if head else {}

    broken = {each.subject: contract_words(each.failed) for each in findings.broken}
    placed = {row.subject for row in ranking.rows} | {each.subject for each in ranking.apart}
    beside = [(each.cell.subject, value) for each, value in valid if value and each.cell.subject not in placed]
    unranked = [
        *((_with_role(cast.label(subject)), subject, value) for subject, value in beside),
        *(
            (f"{cast.label(each.subject).marked} ({broken[each.subject.original]})", each.subject, each.value)
            for each in ranking.apart
        ),
    ]
    print_rows(
        [
            {
                "rank": rank_text(row),
                "app": cast.label(row.subject).marked,
                "deployment": cast.label(row.subject).deployment,
                **_figure(row.value, ranking),
                **_of_the_best(row, ranking),
                **libraries(row.subject),
            }
            for row in ranking.rows
        ]
        + [
            {
                "rank": "-",
                "app": title,
                "deployment": cast.label(subject).deployment,
                **_figure(value, ranking),
                **_NO_RATIO,
                **libraries(subject),
            }
            for title, subject, value in unranked
        ],
        empty="of nobody is it known" if valid else _no_valid_cell(ranking, findings),
    )
    if note := ranking_note(ranking, cast):
        say(note)
    untold = [each for each, value in valid if not value and not _why(each, ranking)]
    if untold and ranking.figure:
        subjects = [each.cell.subject for each in untold]
        names = "; ".join(cast.label(subject).in_sentence for subject in subjects)
        otherwise = _ranked_otherwise(subjects, ranking, findings)
        say(f"too few requests to tell it of: {names}: {why_no_percentile(untold, ranking.figure)}{otherwise}")


def _ranked_otherwise(untold: Sequence[Subject], ranking: Ranking, findings: Findings) -> str:
    """By which other figure these are ranked; empty where by none."""
    for other in findings.rankings:
        if other.figure and ranking.figure and other.figure != ranking.figure:
            same = (other.endpoint, other.rate, other.figure.latency) == (
                ranking.endpoint,
                ranking.rate,
                ranking.figure.latency,
            )
            if same and {row.subject for row in other.rows} & set(untold):
                return f"; they are ranked by {other.figure.name}"
    return ""


def _figure(value: Estimate, ranking: Ranking) -> dict[str, str]:
    told = reading(value)
    return {ranking.unit: told.value, "95 % interval": _bounds(told)}


def _bounds(told: Reading) -> str:
    return f"{told.low} .. {told.high}"


_NO_RATIO: Final = {"of the best": "-", "interval": "-"}


def _of_the_best(row: RankRow, ranking: Ranking) -> dict[str, str]:
    """To be the best takes two."""
    if len(ranking.rows) == 1:
        return _NO_RATIO
    if row.subject == ranking.rows[0].subject:
        return {"of the best": "best", "interval": ""}
    ratio = reading(row.ratio_to_best)
    return {"of the best": ratio.value, "interval": _bounds(ratio)}


def _with_role(label: SubjectLabel) -> str:
    return f"{label.marked} ({label.role})" if label.role else label.marked


def _show_tables(tables: Iterable[TextTable]) -> None:
    for table in tables:
        say(f"\n{table.heading}")
        if table.note:
            say(table.note)
        print_rows(table.rows, empty="none")


def _no_valid_cell(ranking: Ranking, findings: Findings) -> str:
    """What is said in place of a ranking: also that the run has not come to it."""
    lacking = [found for each in _of_kind(ranking, findings) if (found := lack(each))]
    so_far = " so far" if any(each.word != INVALID for each in lacking) else ""
    return unmeasured_alike(each.word for each in lacking) or f"no valid cell{so_far}"


def _valid(ranking: Ranking, findings: Findings) -> list[tuple[CellFinding, Estimate | None]]:
    """All valid cells of the ranked kind, each with its value; None where that is not known."""
    return [(each, _value(each, ranking.figure)) for each in _of_kind(ranking, findings) if each.valid]


def _of_kind(ranking: Ranking, findings: Findings) -> list[CellFinding]:
    """All cells of the ranked kind but the second copy's."""
    kind = (ranking.endpoint, ranking.workload, ranking.rate)
    return [
        each
        for each in findings.cells
        if each.cell.subject.is_original and (each.cell.endpoint, each.cell.workload, each.cell.rate) == kind
    ]


def _value(finding: CellFinding, figure: LatencyFigure | None) -> Estimate | None:
    return percentile(finding, figure) if figure else finding.throughput_rps


def _why(finding: CellFinding, ranking: Ranking) -> str | None:
    """Why its latency of the server is not known at all, which is told by itself."""
    of_server = ranking.figure is not None and ranking.figure.latency is Latency.OF_SERVER
    return finding.of_server_unknown if of_server else None


def _show_invalid(findings: Findings, state: RunState, cast: Cast, logs: Path) -> None:
    for finding in findings.all_cells:
        if not (finding.valid or finding.unmeasured):
            say(f"invalid: {_named(finding, cast)}: {reason(finding)}".replace(NBSP, " "))
    if left := [_named(finding, cast) for finding in findings.all_cells if finding.unmeasured]:
        say(f"{state.unmeasured}: {'; '.join(left)}")
    if logs.is_file():
        say(f"what the apps at fault wrote last: {logs}")


def _named(finding: AnyFinding, cast: Cast) -> str:
    return f"{cast.label(finding.cell.subject).in_sentence} on {cell_words(finding.cell)}"


def _show_unknown(findings: Findings, cast: Cast) -> None:
    """Of whom no latency of the server is known, or no CPU time of it, and why."""
    valid = [finding for finding in findings.cells if finding.valid]
    without_cpu: dict[str, list[CellFinding]] = {}
    for finding in valid:
        if why := _why_no_cpu(finding):
            without_cpu.setdefault(why, []).append(finding)
    for what, whys in (("latency", unknown_of_server(findings, valid)), ("CPU time", without_cpu)):
        for why, found in whys.items():
            cells = "; ".join(_named(each, cast) for each in found)
            say(f"no {what} of the server: {why}: {cells}".replace(NBSP, " "))


def _why_no_cpu(finding: CellFinding) -> str | None:
    """Where it is shown: of capacity, and of idling."""
    cpu = {
        Workload.CAPACITY: finding.server_cpu_us_per_request,
        Workload.IDLE: finding.server_cpu_us_per_s,
    }
    shown = finding.cell.workload in cpu
    lacking = lack_of_cpu(finding, cpu[finding.cell.workload]) if shown else None
    return lacking.why if lacking else None


def _show_host(findings: Findings) -> None:
    for each in findings.host_dependence:
        depended = "depended" if each.found else "did not depend, as far as can be told,"
        told_at = "" if each.found else f"; p below {HOST_DEPENDENCE_LEVEL:g} would tell it"
        say(f"{each.quantity.value} of the host {depended} on who was measured (p = {each.p_value:.2g}{told_at})")
