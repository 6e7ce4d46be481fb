"""The site that is published: the newest reports, and a page that lists them and draws the history of all runs."""

from pathlib import Path

from harness.ci.kept import read_digests
from harness.ci.tree import HISTORY_FILE, REPORTS_FOLDER
from harness.history.assemble import assemble
from harness.history.file import read
from harness.report.file_names import REPORT_FILE
from harness.report.lean import lean
from harness.report.markup import document
from harness.report.view.history import index_view
from harness.writing import replace_files, told


def write_site(branch: Path, site: Path, *, again: str) -> None:
    """Write the reports that the data branch's files hold, and an `index.html`, into the folder `site`.

    Raises:
        WriteError: None of them can be written; its hint ends with `again`.
    """
    reports = branch / REPORTS_FOLDER
    files = {site / path.relative_to(reports): path.read_bytes() for path in reports.rglob("*") if path.is_file()}
    file = branch / HISTORY_FILE
    history = assemble(read(file) if file.exists() else [])
    page = document("index.html.jinja", index_view(*read_digests(branch), history), title="Runs")
    with told(site, again=again):
        for folder in {site, *(path.parent for path in files)}:
            folder.mkdir(parents=True, exist_ok=True)
    replace_files({**files, site / REPORT_FILE: lean(page)}, again=again)
