"""The list of all runs, made of what is kept of each: nothing is judged anew, nor is what judges and draws imported."""

from pathlib import Path

from harness.history.all_digests import read_digests
from harness.history.assemble import assemble
from harness.report.file_names import REPORT_FILE
from harness.report.markup import document
from harness.report.view.history import index_view
from harness.writing import replace_files


def publish_index(reports: Path) -> Path:
    """Write the `index.html` that lists all runs under `reports` and draws their history.

    Returns:
        The page to open.

    Raises:
        WriteError: What was there before stands.
    """
    digests, unread = read_digests(reports)
    history = assemble([digest.summary for digest in digests])
    page = reports / REPORT_FILE
    text = document("index.html.jinja", index_view(digests, unread, history), title="Runs")
    replace_files({page: text.encode()}, again="make it with `bench report`")
    return page
