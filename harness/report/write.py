"""Writes the report of a run: `index.html`, one self-contained file, and `summary.md`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harness.model.claim import ClaimFindings
from harness.model.conformance import Conformance
from harness.model.findings import Findings
from harness.model.run import Run, Start
from harness.model.security_probe import SecurityProbeResult
from harness.report.markup import html, markdown
from harness.report.page import compose
from harness.report.view.provenance import DATA_FILES, DataFile

REPORT_FILE: Final = "index.html"
SUMMARY_FILE: Final = "summary.md"


def write_report(  # noqa: PLR0913, PLR0917 - all that a run and its analysis hold
    folder: Path,
    run: Run,
    findings: Findings,
    claims: ClaimFindings,
    starts: Sequence[Start],
    checks: Sequence[Conformance | SecurityProbeResult] = (),
) -> Path:
    """Write the report into the run's `folder` and return the path of its HTML file.

    The data files that the report links to must be there already; one that is missing is named as missing.
    The same input gives the same bytes.
    """
    files = [DataFile(name, (folder / name).stat().st_size) for name in DATA_FILES if (folder / name).is_file()]
    page = compose(run, findings, claims, starts, files, checks)
    (folder / SUMMARY_FILE).write_text(markdown(page), encoding="utf-8")
    report = folder / REPORT_FILE
    report.write_text(html(page), encoding="utf-8")
    return report
