"""The site that is published: the kept reports and a page that lists all runs."""

import shutil
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from harness.ci.kept import REPORTS_FOLDER, read_kept

_PAGE: Final = Environment(
    loader=PackageLoader("harness.ci", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
).get_template("site.html.jinja")


def write_site(branch: Path, site: Path) -> None:
    """Write the reports that the data branch's files hold, and `index.html`, into the folder `site`."""
    shutil.copytree(branch / REPORTS_FOLDER, site, dirs_exist_ok=True)
    runs = [(run, (site / run.name).is_dir()) for run in reversed(read_kept(branch))]
    (site / "index.html").write_text(_PAGE.render(runs=runs), encoding="utf-8")
