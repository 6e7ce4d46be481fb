"""What the list of runs needs of each, kept in its folder so that a new run does not analyse all old ones again."""

from collections import Counter
from contextlib import suppress
from pathlib import Path

from harness.analysis.analyse import analyse
from harness.analysis.quantities import JudgedRun
from harness.claims.asked import claims_asked_of
from harness.claims.evaluate import evaluate
from harness.claims.needs import concerning_first
from harness.claims.read import ARTICLE, read_claims
from harness.comparison.summarise import summarise
from harness.history.digest_file import DIGEST_FILE
from harness.history.kept_digest import kept_digest, own_version
from harness.model.app import NEAREST_TO_WORK, Endpoint
from harness.model.cell import Workload
from harness.model.claim import ClaimsFile
from harness.model.findings import Findings
from harness.model.history import Place, RunDigest, Standing
from harness.model.naming import app_titles, revision_words
from harness.model.verdict import ClaimFindings
from harness.results.folder import read_run
from harness.results.records import RecordedRun
from harness.writing import WriteError, replace_files


def make_digest(  # noqa: PLR0913 - what is known of the run already
    recorded: RecordedRun,
    name: str,
    findings: Findings | None = None,
    claims: ClaimFindings | None = None,
    asked: ClaimsFile | None = None,
    *,
    judged_run: JudgedRun | None = None,
) -> RunDigest:
    """A run's digest, with the verdicts on claims about its apps: those it was `asked` for, or else the article's.

    `findings`, `claims` and `judged_run` save analysing it once more.
    """
    judged_run = judged_run or JudgedRun(recorded)
    findings = findings or analyse(recorded, judged_run)
    claims = claims or evaluate(asked or read_claims(ARTICLE), recorded, findings, judged_run=judged_run)
    concerning, _ = concerning_first(claims.claims, recorded.run)
    plan = recorded.run.plan
    return RunDigest(
        summary=summarise(recorded, name, judged_run),
        apps=app_titles(recorded.run),
        app_names=tuple(dict.fromkeys(subject.app for subject in plan.subjects)),
        endpoints=tuple(each for each in Endpoint if any(cell.endpoint is each for cell in plan.cells)),
        workloads=tuple(each for each in Workload if any(cell.workload is each for cell in plan.cells)),
        finished=recorded.run.finished_at is not None,
        rounds_planned=recorded.run.plan.timing.rounds,
        cells=len(findings.all_cells),
        cells_valid=sum(each.valid for each in findings.all_cells),
        verdicts=dict(Counter(each.verdict for each in concerning)),
        standing=_standing(recorded, findings),
        two_revisions=recorded.run.plan.has_revisions,
        harness_version=own_version(),
    )


def _standing(recorded: RecordedRun, findings: Findings) -> Standing | None:
    deployments = {each.subject: each for each in recorded.run.deployments}
    rankings = {each.endpoint: each for each in findings.rankings if each.workload is Workload.CAPACITY and each.rows}
    endpoint = next((each for each in NEAREST_TO_WORK if each in rankings), None)
    if endpoint is None:
        return None
    return Standing(
        endpoint=endpoint,
        places=tuple(
            Place(
                subject=row.subject,
                also=deployment.also,
                title=deployment.title,
                revision=revision_words(deployment),
                server=deployment.server,
                own_server=deployment.on_own_server,
                interface=deployment.interface,
                rank=row.rank,
                tied=row.tied,
                throughput_rps=row.value,
            )
            for row in rankings[endpoint].rows
            if (deployment := deployments.get(row.subject))
        ),
    )


def encode_digest(digest: RunDigest) -> bytes:
    """What stands in `DIGEST_FILE`."""
    return digest.model_dump_json().encode()


def read_digest(folder: Path) -> RunDigest:
    """The digest of one run: the one in its folder, or a new one.

    Raises:
        RunFolderError: The folder is no readable run.
        ClaimsError: The claims that it was asked for can't be used.
    """
    return kept_digest(folder) or _made(folder)


def _made(folder: Path) -> RunDigest:
    digest = make_digest(read_run(folder), folder.name, asked=claims_asked_of(folder))
    with suppress(WriteError):  # It is made anew each time, then.
        replace_files({folder / DIGEST_FILE: encode_digest(digest)})
    return digest
