"""From a run folder to its report: everything in it is made anew from the raw records."""

from pathlib import Path

from harness.analysis.analyse import analyse
from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.report.build import write_report
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
    return write_report(folder, recorded.run, findings, claims, recorded.starts, recorded.probes)
