"""`bench report RUN`: rebuild a run's report from its folder."""

import webbrowser

from harness.cli import options
from harness.cli.output import print_path
from harness.report.publish import publish, publish_index
from harness.results.folder import resolve_run


def report(run: str, *, open_: bool) -> None:
    """Rebuild the report of a run, and the list of all runs beside it."""
    page = publish(resolve_run(options.REPORTS, run))
    if options.REPORTS.is_dir():
        publish_index(options.REPORTS)
    print_path(page)
    if open_:
        webbrowser.open(page.resolve().as_uri())
