"""`bench report RUN`: rebuild a run's report from its folder."""

import webbrowser
from pathlib import Path

from harness.claims.asked import text_of
from harness.cli import options
from harness.cli.asked_claims import claims_to_read, keep_with
from harness.cli.output import print_path
from harness.cli.recorded import read_chosen
from harness.report.publish import publish
from harness.report.publish_list import publish_index
from harness.results.run_state import state_now


def report(run: str, claims_file: Path | None, apps_dirs: tuple[Path, ...], *, open_: bool) -> None:
    """Rebuild the report of a run, and the list of all runs beside it."""
    folder, recorded = read_chosen(run)
    if claims_file:
        claims_to_read(claims_file, recorded.run, apps_dirs)
        keep_with(folder, claims_file, text_of(claims_file), options.at(apps_dirs))
    state = state_now(folder, recorded)
    page = publish(folder, options.at(apps_dirs), claims_file=claims_file, state=state, recorded=recorded)
    if options.REPORTS.is_dir():
        publish_index(options.REPORTS)
    print_path(page)
    if open_:
        webbrowser.open(page.resolve().as_uri())
