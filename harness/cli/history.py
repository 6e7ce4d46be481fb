"""`bench history`: the runs of a host as series, and where they changed."""

from pathlib import Path

from harness.cli import options
from harness.cli.output import print_json, say, tell
from harness.cli.recorded import read_chosen
from harness.cli.tables import print_rows
from harness.comparison.summarise import summarise
from harness.history.all_digests import read_digests
from harness.history.assemble import assemble
from harness.history.file import append, read
from harness.model.errors import UsageError
from harness.model.history import RunDigest, UnreadRun
from harness.report.view.history import history_lines
from harness.report.view.run_list import revision_words
from harness.results.run_state import state_now, status_now, summary_as_it_stands


def history(run: str | None, target: Path | None, source: Path | None, *, as_json: bool) -> None:
    """Show the series that runs under equal conditions form, and where they changed."""
    if target is not None:
        folder, recorded = read_chosen(run or "latest")
        if state_now(folder, recorded).under_way:
            raise UsageError(f"{folder.name} is still being measured", hint="add it when it is finished")
        added = append(target, summarise(recorded, folder.name))
        tell(f"{folder.name} {'added to' if added else 'is already in'} {target}")
        return
    digests: list[RunDigest] = []
    unread: list[UnreadRun] = []
    if source is None:
        digests, unread = read_digests(options.REPORTS)
    valid = {digest.summary.run_id: f"{digest.cells_valid}/{digest.cells}" for digest in digests}
    states = {
        digest.summary.run_id: status_now(options.REPORTS / digest.summary.name, finished=digest.finished)
        for digest in digests
    }
    kept = (digest.summary for digest in digests)
    runs = read(source) if source else [summary_as_it_stands(each, states[each.run_id]) for each in kept]
    found = assemble(runs)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    rows = [
        {
            "run": each.name,
            "profile": each.profile.value,
            "runtime": each.runtime.value,
            "commit": revision_words(each),
            "rounds": each.rounds,
            "state": states[each.run_id].value if each.run_id in states else "not in the file",
            "valid cells": valid.get(each.run_id, "not in the file"),
            "host": each.conditions.get("host", "unknown"),
        }
        for each in runs
    ]
    if rows or not unread:
        print_rows(rows, empty="no run yet")
    for line in history_lines(found):
        say(line)
    for each in unread:
        say(f"in no series: {each.name}: {each.reason}")
