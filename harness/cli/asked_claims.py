"""A claims file of one's own, as commands take it: every app in it has to be one that there is."""

from collections.abc import Sequence
from pathlib import Path

from harness.catalog.discover import names_in
from harness.catalog.selection import variants_of
from harness.claims.asked import text_of
from harness.claims.needs import needs_of
from harness.claims.read import ARTICLE, read_claims
from harness.claims.unknown import Known, see_that_names_are_known
from harness.model.app import App
from harness.model.claim import ClaimsFile
from harness.model.run import Run


def claims_to_measure(file: Path | None, apps: Sequence[App]) -> str | None:
    """The text of a claims file about some of these apps; None without a file.

    Raises:
        ClaimsError: It can't be used, or names an app or a variant that is none of theirs.
    """
    if file is None:
        return None
    see_that_names_are_known(file, read_claims(file), {app.name: variants_of(app) for app in apps})
    return text_of(file)


def claims_to_read(file: Path, run: Run, apps_dirs: Sequence[Path]) -> ClaimsFile:
    """The claims of a file, to be held against a run.

    Raises:
        ClaimsError: It can't be used, or names an app that neither the run nor the article nor any of the folders has.
    """
    claims = read_claims(file)
    of_the_article = (app for claim in read_claims(ARTICLE).claim for app in needs_of(claim).apps)
    of_the_run = (subject.app for subject in run.plan.subjects)
    known: Known = dict.fromkeys((*of_the_run, *of_the_article, *names_in(apps_dirs)))
    see_that_names_are_known(file, claims, known)
    return claims
