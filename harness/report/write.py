"""Writes the report of a run: `index.html`, one self-contained file, and `summary.md`."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from harness.model.conformance import Conformance
from harness.model.findings import Findings
from harness.model.framework_probe import FrameworkProbeResult
from harness.model.run import Run, Start
from harness.model.verdict import ClaimFindings
from harness.report.file_names import REPORT_FILE, SUMMARY_FILE
from harness.report.lean import lean
from harness.report.markup import html, markdown
from harness.report.page import compose
from harness.report.view.provenance import DATA_FILES, DataFile
from harness.results.run_state import RunState
from harness.writing import replace_files


def write_report(  # noqa: PLR0913, PLR0917 - all that a run and its analysis hold
    folder: Path,
    run: Run,
    findings: Findings,
    claims: ClaimFindings,
    starts: Sequence[Start],
    checks: Sequence[Conformance | FrameworkProbeResult] = (),
    beside: Mapping[str, bytes] = MappingProxyType({}),
    own_claims: ClaimFindings | None = None,
    verdict: str | None = None,
    state: RunState | None = None,
) -> Path:
    """Write the report into the run's `folder` and return the path of its HTML file.

    `claims` are the article's, and `own_claims` those that the run was asked for, which come first.

    `verdict` says in a sentence what a run of two revisions came to; it is the report's title then.

    `state` says of a run that is not finished how far it has come.

    `beside` are files by their names that are written with it, such as the data that it links to. A data file that is
    neither among them nor in the folder is named as missing. The same input gives the same bytes.

    Raises:
        WriteError: The folder is as it was: what belongs together is there as a whole, or not at all.
    """
    in_folder = {name: (folder / name).stat().st_size for name in DATA_FILES if (folder / name).is_file()}
    sizes = in_folder | {name: len(data) for name, data in beside.items()}
    data = [DataFile(name, sizes[name]) for name in DATA_FILES if name in sizes]
    page = compose(run, findings, claims, starts, data, checks, own_claims)
    if verdict is not None:
        page = replace(page, headline=page.headline.led_by(verdict))
    if state is not None:
        page = replace(page, headline=page.headline.of(state))
    made = {**beside, SUMMARY_FILE: markdown(page).encode(), REPORT_FILE: lean(html(page))}
    again = f"make it with `{shlex.join(('bench', 'report', str(folder)))}`"
    replace_files({folder / name: data for name, data in made.items()}, again=again)
    return folder / REPORT_FILE
