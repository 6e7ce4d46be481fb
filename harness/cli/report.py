"""`bench report RUN`: rebuild a run's report from its folder."""

import webbrowser

import click

from harness.cli import options
from harness.report.publish import publish, publish_index
from harness.results.folder import resolve_run


@click.command()
@click.argument("run", default="latest")
@click.option("--open", "open_", is_flag=True, help="Open it in the browser.")
def report(run: str, *, open_: bool) -> None:
    """Rebuild the report of a run, and the list of all runs beside it.

    RUN is a folder, an id, the start of one, or `latest`.
    """
    page = publish(resolve_run(options.REPORTS, run))
    if options.REPORTS.is_dir():
        publish_index(options.REPORTS)
    click.echo(page)
    if open_:
        webbrowser.open(page.resolve().as_uri())
