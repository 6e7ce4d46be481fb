"""`bench compare`: what changed between two runs, or between two revisions within one."""

import shlex
from pathlib import Path

import click

from harness.cli.output import print_json, print_text, say, tell
from harness.cli.recorded import read_chosen
from harness.cli.tables import print_rows
from harness.comparison.across import compare as compare_runs
from harness.comparison.across import newest_comparable
from harness.comparison.sentences import (
    apart_rows,
    compared_changes,
    early,
    legend,
    markdown,
    notes,
    rows,
    side_words,
    verdict,
    whole_rows,
)
from harness.comparison.summarise import summarise
from harness.comparison.within import compare_within
from harness.history.file import read
from harness.model.comparison import RunComparison, RunSummary
from harness.model.errors import ExitCode, UsageError
from harness.results.records import RecordedRun
from harness.results.run_state import state_now, summary_as_it_stands


def compare(  # noqa: PLR0913 - one for each option
    runs: tuple[str, ...],
    source: Path | None,
    *,
    force: bool,
    fail_on_regression: bool,
    as_markdown: bool,
    page: Path | None,
    as_json: bool,
) -> ExitCode:
    """Tell what changed from run A to run B: folders, ids, starts of one, or `latest`."""
    *before, last = runs
    if len(before) > 1:
        raise click.UsageError("give two runs, A and B")
    folder, recorded = read_chosen(last)
    if source is None and not before:
        found = compare_within(recorded, folder.name, state=state_now(folder, recorded))
    else:
        b = _summary_of(folder, recorded)
        a = _earlier(source, before, b) if source else _summary(before[0])
        if a is None:
            _say_alone(b, source, as_markdown=as_markdown, as_json=as_json)
            return ExitCode.OK
        if a.run_id == b.run_id:
            raise UsageError(f"{a.name} and {b.name} are the same run", hint="`bench list runs` shows what there is")
        found = compare_runs(a, b, force=force)
    show(found, as_markdown=as_markdown, as_json=as_json)
    if page:
        from harness.report.publish import publish_comparison  # noqa: PLC0415 - what draws takes seconds to import

        tell(f"page: {publish_comparison(page, found)}")
    return exit_code_of(found) if fail_on_regression else ExitCode.OK


def exit_code_of(found: RunComparison) -> ExitCode:
    """For whoever asks for a failure: all is not well where nobody knows, of which apps is told."""
    if found.is_worse:
        return ExitCode.REGRESSION
    if found.unknown:
        tell(f"whether it became worse is not known of {', '.join(found.unknown)}")
        return ExitCode.INCOMPLETE
    return ExitCode.OK


def _earlier(source: Path, named: list[str], b: RunSummary) -> RunSummary | None:
    known = read(source) if source.exists() else []
    if not named:
        return newest_comparable(known, b)
    matches = [run for run in known if run.name.startswith(named[0]) or run.run_id.startswith(named[0])]
    if len(matches) != 1:
        raise UsageError(
            f"'{named[0]}' means {len(matches) or 'no'} run{'s' if matches[1:] else ''} in {source}",
            hint=f"`{shlex.join(('bench', 'history', '--from', str(source)))}` lists the runs in it",
        )
    return matches[0]


def _say_alone(b: RunSummary, source: Path | None, *, as_markdown: bool, as_json: bool) -> None:
    words = (
        f"Nothing to compare with: {source} holds no earlier run under the conditions of {b.name} that can be trusted."
    )
    if as_json:
        print_json({"verdict": words, "no_difference": None, "regressions": 0})
    else:
        print_text(f"## Comparison\n\n{words}" if as_markdown else words)


def _summary(run: str) -> RunSummary:
    return _summary_of(*read_chosen(run))


def _summary_of(folder: Path, recorded: RecordedRun) -> RunSummary:
    return summary_as_it_stands(summarise(recorded, folder.name), state_now(folder, recorded).status)


def show(found: RunComparison, *, as_markdown: bool = False, as_json: bool = False) -> None:
    """Print a comparison."""
    if as_json:
        print_json(
            {
                "verdict": verdict(found),
                "no_difference": found.no_difference,
                "regressions": len(found.regressions),
                "slower": [app.app for app in found.slower],
                "is_worse": found.is_worse,
                "unknown": found.unknown,
                **found.model_dump(mode="json"),
            }
        )
    elif as_markdown:
        print_text(markdown(found))
    else:
        _show(found)


def _show(found: RunComparison) -> None:
    say("\n".join(filter(None, (verdict(found), early(found)))))
    say(f"\nA: {side_words(found.a)}\nB: {side_words(found.b)}\n")
    if whole := whole_rows(found):
        print_rows(whole, empty="")
        say("")
    compared = [] if found.of_one_round and found.compared else rows(compared_changes(found))
    if not (found.of_one_round and found.compared):
        print_rows(compared, empty="no valid cell is in both")
        say("")
    if apart := apart_rows(found):
        say("Kept apart:")
        print_rows(apart, empty="")
        say("")
    for note in notes(found):
        say(f"  {note}")
    if marks := legend(compared, apart):
        tell("; ".join(f"{mark} {words}" for mark, words in marks.items()))
