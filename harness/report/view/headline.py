"""The head of the report: what was run, when, where and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.model.findings import Findings
from harness.model.naming import capitalised
from harness.model.run import Run
from harness.report.numbers import counted, duration, listed, moment
from harness.report.view.cast import Cast, SubjectLabel
from harness.results.run_state import RunState


@dataclass(frozen=True, slots=True)
class HeadlineView:
    """Title and the facts that stand under it, as (name, value)."""

    title: str
    subtitle: str
    run: str
    """Profile and time: what tells this report from others in a row of browser tabs."""
    facts: tuple[tuple[str, str], ...]

    def led_by(self, sentence: str) -> "HeadlineView":
        """The same below a sentence that says what the run was for."""
        return replace(self, title=sentence.rstrip(" ."), subtitle=f"{self.title}: {self.subtitle}")

    def of(self, state: RunState) -> "HeadlineView":
        """The same of a run in this state: of one that is not finished, it is said at once."""
        if state.sentence is None:
            return self
        took = ("Took", "not finished") if state.under_way else None
        return replace(
            self,
            subtitle=f"{self.subtitle} {state.sentence}",
            facts=tuple(took if took and fact[0] == took[0] else fact for fact in self.facts),
        )


def headline_view(run: Run, findings: Findings, cast: Cast) -> HeadlineView:
    """The head of the report on `run`."""
    title, subtitle = _whom([cast.label(subject) for subject in run.plan.subjects])
    return HeadlineView(
        title=title,
        subtitle=subtitle,
        run=f"{run.plan.profile.value}, {moment(run.started_at)}",
        facts=(
            ("When", moment(run.started_at)),
            ("Took", _took(run)),
            ("Profile", run.plan.profile.value),
            ("Rounds", _rounds(run, findings)),
            ("Host", f"{run.host.cpu_model}, {counted(run.host.cpu_count, 'CPU')}"),
            ("Run", run.run_id),
        ),
    )


def _whom(labels: Sequence[SubjectLabel]) -> tuple[str, str]:
    """Title and subtitle: the frameworks that compete, and what stands beside them; where none does, who is there."""
    frameworks = list(dict.fromkeys(label.title for label in labels if label.is_framework))
    roles = {label.title: label.role for label in labels if label.role and label.title not in frameworks}
    if not frameworks:
        told = listed([f"{title} ({role})" for title, role in roles.items()])
        names = capitalised(listed([*roles]) or "nothing")
        return f"{names}, measured", f"No framework competes{f': {told}' if told else ''}."
    broken = {label.title for label in labels if label.broken}
    others = [f"{title} ({role})" if title in broken else title for title, role in roles.items()]
    beside = f", beside {listed(others)}" if others else ""
    several = "" if len(frameworks) == 1 else "s"
    return f"{_in_words(len(frameworks))} Python web framework{several}, measured", f"{listed(frameworks)}{beside}."


def _in_words(number: int) -> str:
    words = ("", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")
    return words[number] if number < len(words) else str(number)


def _took(run: Run) -> str:
    if run.finished_at is None:
        return "cut off before its end"
    if run.took is not None:
        return duration(run.took.measured_s)
    return duration((run.finished_at - run.started_at).total_seconds())


def _rounds(run: Run, findings: Findings) -> str:
    if findings.rounds_complete == findings.rounds_planned:
        return f"{findings.rounds_complete}"
    if run.stopped is not None:
        return f"{findings.rounds_complete}, of {findings.rounds_planned} at most"
    return f"{findings.rounds_complete} of {findings.rounds_planned} planned"
