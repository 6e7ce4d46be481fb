"""The site that is published: the newest reports, and a page that lists them and draws the history of all runs."""

import shutil
from pathlib import Path

from harness.ci.kept import read_digests
from harness.ci.tree import HISTORY_FILE, REPORTS_FOLDER
from harness.history.assemble import assemble
from harness.history.file import read
from harness.report.markup import document
from harness.report.view.history import index_view
from harness.report.write import REPORT_FILE
from harness.writing import replace_files


def write_site(branch: Path, site: Path) -> None:
    """Write the reports that the data branch's files hold, and an `index.html`, into the folder `site`."""
    shutil.copytree(branch / REPORTS_FOLDER, site, dirs_exist_ok=True)
    file = branch / HISTORY_FILE
    history = assemble(read(file) if file.exists() else [])
    page = document("index.html.jinja", index_view(read_digests(branch), (), history), title="Runs")
    replace_files({site / REPORT_FILE: page.encode()})
