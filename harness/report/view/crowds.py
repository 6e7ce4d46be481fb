"""The section on feeds: how many subscribers each deployment holds, and what became of every event."""

from dataclasses import dataclass
from typing import Final

from harness.model.cell import Subject
from harness.model.findings import CrowdFinding, Findings
from harness.report.figure.axes import log_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark
from harness.report.numbers import Reading, counted, reading, significant
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.terms import INTERFACE_LEGEND, shape, tone

_MS_PER_US: Final = 1e-3
_KIB: Final = 1 / 1024
_PERCENT: Final = 100.0


@dataclass(frozen=True, slots=True)
class CrowdRow:
    """One number of subscribers on one subject."""

    label: SubjectLabel
    subscribers: str
    skipped: str
    invalid: str
    held: Reading | None
    served: Reading | None
    delivered_percent: Reading | None
    lag_p50_ms: str
    lag_p99_ms: Reading | None
    memory_kib: Reading | None
    cpu_us: Reading | None
    accounts: str
    """What became of all subscribers and events, in words."""


@dataclass(frozen=True, slots=True)
class CrowdsView:
    """Empty where no feed was measured."""

    plot: DotPlot | None
    rows: tuple[CrowdRow, ...]


def crowds_view(findings: Findings, cast: Cast) -> CrowdsView:
    """Most subscribers held first; of each subject, fewer subscribers first."""
    most: dict[Subject, CrowdFinding] = {}
    for finding in findings.feeds:
        if finding.held and finding.held.value >= _held(most.get(finding.cell.subject)):
            most[finding.cell.subject] = finding
    order = sorted(
        dict.fromkeys(each.cell.subject for each in findings.feeds),
        key=lambda subject: (-_held(most.get(subject)), _lag(most.get(subject))),
    )
    rows = sorted(findings.feeds, key=lambda each: (order.index(each.cell.subject), each.cell.connections))
    return CrowdsView(
        _plot([most[subject] for subject in order if subject in most], cast), tuple(_row(each, cast) for each in rows)
    )


def _held(finding: CrowdFinding | None) -> float:
    return finding.held.value if finding and finding.held else 0.0


def _lag(finding: CrowdFinding | None) -> float:
    return finding.lag_p99_us.value if finding and finding.lag_p99_us else float("inf")


def _row(finding: CrowdFinding, cast: Cast) -> CrowdRow:
    return CrowdRow(
        label=cast.label(finding.cell.subject),
        subscribers=f"{finding.cell.connections:,}",
        skipped=finding.skipped or "",
        invalid="; ".join(finding.reasons),
        held=reading(finding.held) if finding.held else None,
        served=reading(finding.served) if finding.served else None,
        delivered_percent=reading(finding.delivered_share, _PERCENT) if finding.delivered_share else None,
        lag_p50_ms=significant(finding.lag_p50_us * _MS_PER_US, 2) if finding.lag_p50_us is not None else "",
        lag_p99_ms=reading(finding.lag_p99_us, _MS_PER_US) if finding.lag_p99_us else None,
        memory_kib=reading(finding.memory_bytes_per_subscriber, _KIB) if finding.memory_bytes_per_subscriber else None,
        cpu_us=reading(finding.server_cpu_us_per_event) if finding.server_cpu_us_per_event else None,
        accounts=_accounts(finding),
    )


def _accounts(finding: CrowdFinding) -> str:
    if not finding.rounds:
        return ""
    subscribers = {
        "dropped": finding.dropped,
        "refused": finding.refused,
        "unanswered": finding.unanswered,
        "not tried behind those": finding.untried,
        "let in too late": finding.late_comers,
    }
    parts = [f"{number:,} {what}" for what, number in subscribers.items() if number]
    events = {"late": finding.late, "missing": finding.missing, "out of order": finding.disordered}
    if finding.unreadable:
        events["none of the contract's"] = finding.unreadable
    lacking = [f"{number:,} {what}" for what, number in events.items() if number]
    told = f"{finding.delivered:,} of {finding.due:,} events due came in time"
    if finding.first_failure:
        lacking.append(f"first failure: {finding.first_failure}")
    fates = ", ".join(parts) or "all were let in and stayed"
    return (
        f"of {finding.asked:,} subscribers in {counted(finding.rounds, 'round')} {fates}; {', '.join([told, *lacking])}"
    )


def _plot(most: list[CrowdFinding], cast: Cast) -> DotPlot | None:
    shown = [(each, each.held) for each in most if each.held]
    if not shown:
        return None
    rows = []
    for finding, held in shown:
        label, told = cast.label(finding.cell.subject), reading(held)
        if told.is_none:  # which has no place on a logarithmic axis
            rows.append(
                DotRow(
                    label.title, label.deployment, value=told.value, note=told.interval, href=label.href, key=label.key
                )
            )
            continue
        mark = Mark(held.value, held.low, held.high, shape(label), tone(label), f"{label.in_sentence}: {told.value}")
        rows.append(
            DotRow(
                label.title,
                label.deployment,
                (mark,),
                value=told.value,
                interval=told.interval,
                href=label.href,
                key=label.key,
            )
        )
    return DotPlot(
        Caption(
            name="feeds",
            title="Subscribers held",
            description="For each subject, the most subscribers that it held for a whole window, on a logarithmic "
            "axis; the table below holds all numbers that were tried.",
            text="The most subscribers held for a whole window. A larger number is not tried "
            "where fewer were too many, and nobody was asked to hold more than the largest: who holds all of those may "
            "hold more.",
            legend=INTERFACE_LEGEND,
        ),
        log_axis("subscribers held, more is better", [bound for _, held in shown for bound in (held.low, held.high)]),
        tuple(rows),
    )
