"""A claims file of one's own, as commands take it: every app in it has to be one that there is; and kept with a run."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from harness.catalog.app_folders import APPS_FOLDER, app_folders
from harness.catalog.discover import find_app, names_in
from harness.catalog.selection import elsewhere, variants_of
from harness.claims.asked import file_asked_for, keep_claims, text_of
from harness.claims.commands import command_to_list, folders_named
from harness.claims.needs import needs_of
from harness.claims.read import ARTICLE, ClaimsError, as_meant, read_claims, read_document
from harness.claims.unknown import Known, read_known_claims
from harness.claims.unknown import names_in as names_in_claims
from harness.cli import options
from harness.cli.output import tell
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.claim import Claim, ClaimsFile
from harness.model.claim_values import VARIANT_SIGN
from harness.model.errors import BenchError
from harness.model.run import Run
from harness.results.folder import read_header
from harness.results.run_folders import CLAIMS_FILE

_NONE: Final[Known] = MappingProxyType({})


def claims_to_measure(file: Path | None, apps: Sequence[App], apps_dirs: Sequence[Path]) -> str | None:
    """The text of a claims file about some of these apps, which lie in these folders; None without a file.

    Raises:
        ClaimsError: It can't be used, names an app or a variant that is none of theirs, or compares one with itself.
    """
    if file is None:
        return None
    unread: Known = {name: None for name in names_in(apps_dirs) if name not in {app.name for app in apps}}
    read_claims_about(file, apps, apps_dirs, unread)
    return text_of(file)


def apps_asked_for(
    file: Path | None, claim_id: str | None, app_names: tuple[str, ...], apps_dirs: Sequence[Path]
) -> tuple[str, ...]:
    """The apps that are asked for by name: those that are given, or else those of one claim; empty where all are.

    What is wrong with the file, or that it has no such claim, is told by whoever reads it with the apps.

    Raises:
        UsageError: One of the folders is not there: where the apps of the claims lie, as far as that is seen.
    """
    claims: tuple[Claim, ...] = ()
    with suppress(ClaimsError):
        claims = read_claims(file or ARTICLE).claim if file or claim_id else ()
    for folder in apps_dirs if file else ():
        app_folders(folder, {_bare(name) for claim in claims for name in needs_of(claim).apps})
    own = (needs_of(claim).apps for claim in claims if claim.id == claim_id)
    return app_names or next(own, ())


def read_claims_about(file: Path, apps: Sequence[App], apps_dirs: Sequence[Path], more: Known = _NONE) -> ClaimsFile:
    """The claims of a file about some of these apps, which lie in these folders; `more` are known beside them.

    Raises:
        ClaimsError: It can't be used, names an app or a variant that is none of theirs, or compares one with itself.
    """
    known = {**more, **{app.name: variants_of(app) for app in apps}}
    not_served = {app.name: app.not_served for app in apps}
    lies = partial(elsewhere, folders=apps_dirs, needed=apps_dirs)
    return read_known_claims(
        file, known, _deployed(apps), command_to_list(options.at(apps_dirs)), not_served, elsewhere=lies
    )


def by_profile_of(file: Path | None, chosen: dict[str, object]) -> dict[str, object]:
    """The options of a run, with the profile that a claims file names if the user has named none; that is told.

    What is wrong with the file is told by whoever knows the apps, with the names that are wrong in it.
    """
    profile = None
    if file and not options.is_given("profile"):
        with suppress(ClaimsError):
            profile = read_claims(file).profile
    if profile is None:
        return chosen
    tell(f"by the profile '{profile.value}', which {file} names; --profile chooses another")
    return {**chosen, "profile": profile.value}


def claims_to_read(file: Path, run: Run, apps_dirs: Sequence[Path]) -> ClaimsFile:
    """The claims of a file, to be held against a run.

    Raises:
        ClaimsError: It can't be used, or names an app that neither the run nor the article nor any of the folders has,
            or a variant that neither the run has nor the app, where that lies in one of them; or it compares one with
            itself.
    """
    _, document = read_document(file)
    of_the_article = (app for claim in read_claims(ARTICLE).claim for app in needs_of(claim).apps)
    of_the_run = (subject.app for subject in run.plan.subjects)
    folders = [*apps_dirs, *map(Path, folders_named(run.command)[1::2])]
    apps = dict.fromkeys((*of_the_run, *of_the_article, *names_in(folders)))
    named = [name.partition(VARIANT_SIGN) for _, name in names_in_claims(as_meant(document).document)]
    with_variant = {app for app, sign, _ in named if sign}
    here = dict(_apps_in(folders, [app for app in apps if app in with_variant]))
    known: Known = {app: (*variants_of(here[app]), *_names_in(run, app)) if app in here else None for app in apps}
    of_folders = options.at(apps_dirs) or folders_named(run.command)
    not_served = {name: app.not_served for name, app in here.items()}
    deployed = _deployed(here.values())
    as_measured = {each.subject: each.also for each in run.deployments if each.subject in deployed}
    looked_into = [*dict.fromkeys(folders)] or [Path(APPS_FOLDER)]
    lies = partial(elsewhere, folders=looked_into, needed=looked_into)
    return read_known_claims(
        file, known, deployed | as_measured, command_to_list(of_folders), not_served, elsewhere=lies
    )


def keep_with(folder: Path, file: Path | None, text: str | None, of_folders: Sequence[str] = ()) -> None:
    """Keep the `text` of a claims `file` with a run; of others that it had, it is told where they are from now on.

    Without a file, what the run has stands. `of_folders` are the options that say where apps are.

    Raises:
        WriteError: There is no room for it; what was kept stands.
    """
    if text is None:
        return
    before = file_asked_for(folder, read_header(folder).command)
    aside = keep_claims(folder, text)
    if aside is None:
        return
    whose = f"those of {before}, which it was measured for" if before != folder / CLAIMS_FILE else "those that it had"
    claims, report = (
        shlex.join(("bench", command, str(folder), "--claims", str(aside), *of_folders))
        for command in ("claims", "report")
    )
    tell(
        f"from now on, the reports of {folder.name} have the claims of {file} in place of {whose}: these are now in "
        f"{aside}. `{claims}` holds them against the run, and `{report}` brings them back"
    )


def _bare(name: str) -> str:
    """The app without its variant."""
    return name.partition(VARIANT_SIGN)[0]


def _apps_in(folders: Sequence[Path], names: Iterable[str]) -> Iterator[tuple[str, App]]:
    """Those of these apps that can be read."""
    for name in names:
        with suppress(BenchError):  # It lies elsewhere by now, or what is wrong with it is no matter of the claims.
            yield name, find_app(folders, name)


def _names_in(run: Run, app: str) -> Iterator[str]:
    """By which names a run has variants of an app."""
    return (name for each in run.deployments if each.subject.app == app for name in (each.subject.variant, *each.also))


def _deployed(apps: Iterable[App]) -> dict[Subject, tuple[str, ...]]:
    """The deployments that apps have by their manifests, with what else each of them counts as."""
    return {
        Subject(app=app.name, variant=name): each.also for app in apps for name, each in app.manifest.variants.items()
    }
