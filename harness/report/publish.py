"""From a run folder to its report: everything in it is made anew from the raw records."""

from pathlib import Path

from harness.analysis.analyse import analyse
from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.history.assemble import assemble
from harness.history.digest import make_digest, read_digests, write_digest
from harness.model.comparison import RunComparison
from harness.model.errors import UsageError
from harness.report.markup import document
from harness.report.view.comparison import comparison_view
from harness.report.view.history import index_view
from harness.report.write import REPORT_FILE, write_report
from harness.results.folder import read_run
from harness.results.frames import write_data


def publish(folder: Path) -> Path:
    """Analyse a run and write `index.html`, `summary.md`, `data.csv` and `data.parquet` into its folder.

    Returns:
        The page to open.
    """
    recorded = read_run(folder)
    write_data(recorded, folder)
    findings = analyse(recorded)
    claims = evaluate(read_claims(ARTICLE), recorded, findings)
    write_digest(folder, make_digest(recorded, folder.name, claims))
    return write_report(
        folder, recorded.run, findings, claims, recorded.starts, (*recorded.conformance, *recorded.probes)
    )


def publish_index(reports: Path) -> Path:
    """Write the `index.html` that lists all runs under `reports` and draws their history.

    Returns:
        The page to open.
    """
    digests, unread = read_digests(reports)
    history = assemble([digest.summary for digest in digests])
    page = reports / REPORT_FILE
    page.write_text(document("index.html.jinja", index_view(digests, unread, history), title="Runs"), encoding="utf-8")
    return page


def publish_comparison(file: Path, found: RunComparison) -> Path:
    """Write a comparison as a page.

    Raises:
        UsageError: The file can't be written.
    """
    try:
        file.write_text(document("comparison.html.jinja", comparison_view(found), title="Comparison"), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}", hint="check its folder and rights") from error
    return file
