"""From a run folder to its report: everything in it is made anew from the raw records."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from harness.analysis.analyse import analyse
from harness.analysis.quantities import JudgedRun
from harness.claims.asked import claims_asked_of, file_asked_for
from harness.claims.commands import origin_of
from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.claims.titles import apps_in
from harness.comparison.sentences import verdict
from harness.comparison.within import compare_within
from harness.history.digest import encode_digest, make_digest
from harness.history.digest_file import DIGEST_FILE
from harness.model.comparison import RunComparison
from harness.model.errors import UsageError
from harness.model.findings import Findings
from harness.report.file_names import APP_LOGS_FILE
from harness.report.lean import lean
from harness.report.markup import document
from harness.report.view.app_logs import app_logs
from harness.report.view.cast import Cast
from harness.report.view.comparison import comparison_view
from harness.report.write import write_report
from harness.results.folder import read_run
from harness.results.frames import data_files
from harness.results.records import RecordedRun
from harness.results.run_state import RunState, as_it_stands, state_at_rest
from harness.writing import replace_files

COMPARISON_FILE: Final = "comparison.html"


def publish(  # noqa: PLR0913 - what whoever calls it knows already
    folder: Path,
    folders: tuple[str, ...] = (),
    on_findings: Callable[[Findings], None] = lambda _: None,
    *,
    claims_file: Path | None = None,
    state: RunState | None = None,
    recorded: RecordedRun | None = None,
) -> Path:
    """Analyse a run and write `index.html`, `summary.md`, `data.csv` and `data.parquet` into its folder.

    Where an app has a cell that is invalid by its own fault, what it wrote last goes into `app_logs.txt`.
    A run of two revisions gets a page of their comparison beside them, `comparison.html`.

    `folders` are options that tell where apps are, as for `Origin`; without any, those that the run was made with.

    `claims_file` is where the claims that are kept with the run come from, as the user has named it just now.

    `state` is that of the run; without it, of one that nobody measures any more.

    `recorded` is what stands in the folder, where it has just been read.

    `on_findings` is told what the analysis found, which takes a while to find once more.

    Returns:
        The page to open.

    Raises:
        RunFolderError: The folder is no readable run.
        ClaimsError: The claims that it was asked for can't be used.
        WriteError: What was there before stands.
    """
    recorded = recorded or read_run(folder)
    judged_run = JudgedRun(recorded)
    state = state or state_at_rest(recorded, folder.name)
    findings = as_it_stands(analyse(recorded, judged_run), recorded, state)
    on_findings(findings)
    origin = origin_of(recorded.run, folder.name, None, folders, under_way=state.under_way)
    of_article = read_claims(ARTICLE)
    there = origin.knowing(apps_in(origin.folders, of_article)) if origin.folders else origin
    article = evaluate(of_article, recorded, findings, judged_run=judged_run, origin=there)
    asked = claims_asked_of(folder)
    own_file = replace(origin, file=claims_file or file_asked_for(folder, recorded.run.command))
    own = None
    if asked:
        own_file = own_file.knowing(apps_in(own_file.folders, asked))
        own = evaluate(asked, recorded, findings, judged_run=judged_run, origin=own_file)
    compared = _compared(recorded, state)
    logs = app_logs(findings, recorded.starts, Cast(recorded.run, findings.contracts))
    if not logs:
        (folder / APP_LOGS_FILE).unlink(missing_ok=True)  # By an older reading of the same records, somebody was.
    digest = make_digest(recorded, folder.name, findings, own or article, judged_run=judged_run)
    return write_report(
        folder,
        recorded.run,
        findings,
        article,
        recorded.starts,
        (*recorded.conformance, *recorded.probes),
        own_claims=own,
        beside={
            **data_files(recorded),
            DIGEST_FILE: encode_digest(digest),
            **({APP_LOGS_FILE: logs.encode()} if logs else {}),
            **({COMPARISON_FILE: _comparison_page(compared)} if compared else {}),
        },
        verdict=verdict(compared) if compared else None,
        state=state,
    )


def publish_comparison(file: Path, found: RunComparison) -> Path:
    """Write a comparison as a page.

    Raises:
        WriteError: What was there before stands.
    """
    replace_files({file: _comparison_page(found)})
    return file


def _comparison_page(found: RunComparison) -> bytes:
    return lean(document("comparison.html.jinja", comparison_view(found), title="Comparison"))


def _compared(recorded: RecordedRun, state: RunState) -> RunComparison | None:
    """The two revisions of a run that has such; None also where nothing of them was measured in both."""
    if not recorded.run.plan.has_revisions:
        return None
    try:
        return compare_within(recorded, state.name, state=state)
    except UsageError:
        return None
