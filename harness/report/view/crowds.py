"""The sections on feeds and chats: how many each deployment holds, and what became of all that was due to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from harness.digits import significant
from harness.model.cell import Subject, Workload, many, rung
from harness.model.crowds.chat import SMALL_ROOM
from harness.model.findings import CrowdFinding, Estimate, Findings
from harness.model.run import Run
from harness.report.figure.axes import log_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark
from harness.report.numbers import Reading, counted, reading, spaced
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.terms import INTERFACE_LEGEND, Lack, lack, shape, tone

_MS_PER_US: Final = 1e-3
_KIB: Final = 1 / 1024
_PERCENT: Final = 100.0


@dataclass(frozen=True, slots=True)
class CrowdWords:
    """What one kind of crowd and what comes to it is called."""

    name: str
    """Of the section."""
    who: str
    what: str
    each_event: str
    title: str
    text: str
    workload: Workload
    count: Callable[[CrowdFinding], Estimate | None]
    """What is compared, of each subject where the most are sure."""


FEEDS: Final = CrowdWords(
    name="feeds",
    who="subscribers",
    what="events",
    each_event="an event",
    title="Subscribers held",
    text="The most subscribers held for a whole window.",
    workload=Workload.FEED,
    count=lambda finding: finding.held,
)
CHATS: Final = CrowdWords(
    name="chats",
    who="members",
    what="messages",
    each_event="a message delivered",
    title=f"Members served in rooms of {SMALL_ROOM}",
    text="The most members to whom every message of their room came in time, for a whole window.",
    workload=Workload.CHAT,
    count=lambda finding: finding.served,
)


@dataclass(frozen=True, slots=True)
class CrowdRow:
    """One number of subscribers or members on one subject."""

    label: SubjectLabel
    number: str
    most: bool
    """Whether it is what is told of its subject in short, in the plot and on its card."""
    skipped: str
    lack: Lack | None
    held: Reading | None
    served: Reading | None
    delivered_percent: Reading | None
    lag_p50_ms: str
    lag_p99_ms: Reading | None
    memory_kib: Reading | None
    cpu_us: Reading | None
    accounts: str
    """What became of everyone, and of all that was due to them, in words."""


@dataclass(frozen=True, slots=True)
class CrowdsView:
    """Empty where none was measured."""

    words: CrowdWords

    plot: DotPlot | None
    rows: tuple[CrowdRow, ...]
    tried: str = ""
    """In which rounds, where not in all; empty where in all."""


def tried_words(run: Run, findings: Findings, words: CrowdWords) -> str:
    """That a profile tries these in its first rounds only; empty where in all."""
    done, tried = findings.rounds_complete, run.plan.timing.crowd_rounds(words.workload)
    if not 0 < tried < done:
        return ""
    first = "the first" if tried == 1 else f"the first {tried}"
    return f"Measured in {first} of the run's {done} rounds, since so many {words.who} take long to let in."


def crowds_view(found: Sequence[CrowdFinding], words: CrowdWords, cast: Cast, tried: str = "") -> CrowdsView:
    """The most held or served first; of each subject, smaller crowds first, and of chats those in small rooms.

    The most of a subject is where its lower bound is highest: a crowd that it holds in one round, and in the next not,
    says less of it than a smaller one that it holds in all of them.
    """

    def bounds(finding: CrowdFinding | None) -> tuple[float, float]:
        counted = words.count(finding) if finding else None
        return (counted.low, counted.value) if counted else (0.0, 0.0)

    most: dict[Subject, CrowdFinding] = {}
    for finding in found:
        if words.count(finding) and bounds(finding) >= bounds(most.get(finding.cell.subject)) and _compares(finding):
            most[finding.cell.subject] = finding
    order = sorted(
        dict.fromkeys(each.cell.subject for each in found),
        key=lambda subject: (-bounds(most.get(subject))[1], _lag(most.get(subject))),
    )
    rows = sorted(found, key=lambda each: (order.index(each.cell.subject), rung(each.cell)))
    plotted = [most[subject] for subject in order if subject in most]
    return CrowdsView(
        words, _plot(plotted, words, cast), tuple(_row(each, words, cast, plotted) for each in rows), tried
    )


def _compares(finding: CrowdFinding) -> bool:
    """A thousand in one room are another thing than in many."""
    return finding.cell.room in {None, SMALL_ROOM}


def _lag(finding: CrowdFinding | None) -> float:
    return finding.lag_p99_us.value if finding and finding.lag_p99_us else float("inf")


def _row(finding: CrowdFinding, words: CrowdWords, cast: Cast, most: Sequence[CrowdFinding]) -> CrowdRow:
    return CrowdRow(
        label=cast.label(finding.cell.subject),
        number=many(finding.cell),
        most=finding in most,
        skipped=spaced(finding.skipped or ""),
        lack=lack(finding),
        held=reading(finding.held, whole=True) if finding.held else None,
        served=reading(finding.served, whole=True) if finding.served else None,
        delivered_percent=reading(finding.delivered_share, _PERCENT) if finding.delivered_share else None,
        lag_p50_ms=significant(finding.lag_p50_us * _MS_PER_US, 2) if finding.lag_p50_us is not None else "",
        lag_p99_ms=reading(finding.lag_p99_us, _MS_PER_US) if finding.lag_p99_us else None,
        memory_kib=reading(finding.memory_bytes_per_subscriber, _KIB) if finding.memory_bytes_per_subscriber else None,
        cpu_us=reading(finding.server_cpu_us_per_event) if finding.server_cpu_us_per_event else None,
        accounts=_accounts(finding, words),
    )


def _accounts(finding: CrowdFinding, words: CrowdWords) -> str:
    if not finding.rounds:
        return ""
    fates = {
        "dropped": finding.dropped,
        "refused": finding.refused,
        "unanswered": finding.unanswered,
        "not tried behind those": finding.untried,
        "let in too late": finding.late_comers,
    }
    parts = [f"{number:,} {what}" for what, number in fates.items() if number]
    wrong = {"late": finding.late, "missing": finding.missing, "out of order": finding.disordered}
    if finding.unreadable:
        wrong["none of the contract's"] = finding.unreadable
    if chat := finding.chat:
        wrong |= {
            "of them lost": chat.lost,
            "that came twice": chat.twice,
            "in the wrong room": chat.wrong_room,
            "that nobody had said": chat.changed,
            "that were never sent": chat.unsaid,
        }
    lacking = [f"{number:,} {what}" for what, number in wrong.items() if number]
    told = f"{finding.delivered:,} of {finding.due:,} {words.what} due came in time"
    if finding.first_failure:
        lacking.append(f"first failure: {finding.first_failure}")
    became = ", ".join(parts) or "all were let in and stayed"
    return (
        f"of {finding.asked:,} {words.who} in {counted(finding.rounds, 'round')} {became}; "
        f"{', '.join([told, *lacking])}"
    )


def _plot(most: list[CrowdFinding], words: CrowdWords, cast: Cast) -> DotPlot | None:
    shown = [(each, count) for each in most if (count := words.count(each))]
    if not shown:
        return None
    rows = []
    for finding, held in shown:
        label, told = cast.label(finding.cell.subject), reading(held, whole=True)
        if told.is_none:  # which has no place on a logarithmic axis
            rows.append(
                DotRow(
                    label.title, label.deployment, value=told.value, note=told.interval, href=label.href, key=label.key
                )
            )
            continue
        mark = Mark(held.value, held.low, held.high, shape(label), tone(label), told.with_unit(""))
        rows.append(
            DotRow(
                label.title,
                label.deployment,
                (mark,),
                value=told.value,
                interval=told.interval_beside,
                href=label.href,
                key=label.key,
            )
        )
    return DotPlot(
        Caption(
            name=words.name,
            title=words.title,
            description=f"For each subject, the most {words.who} that it is sure to have had, on a logarithmic axis; "
            "the table below holds all numbers that were tried.",
            text=f"{words.text} Of several numbers that were tried, it is the one whose lower bound is highest. A "
            "larger number is not tried where fewer were too many, and nobody was asked to hold more than the largest: "
            "who holds all of those may hold more.",
            legend=INTERFACE_LEGEND,
        ),
        log_axis(
            f"{words.title.lower()}, more is better", [bound for _, held in shown for bound in (held.low, held.high)]
        ),
        tuple(rows),
    )
