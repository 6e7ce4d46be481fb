"""Another revision of an app beside the one in the tree: as of a git commit, or with another requirement.

Both are made in a folder of their own, which is removed when the run is over and, if the harness is killed, by the next
one. A commit's files are written through an index of ours: unlike a worktree it leaves nothing in the repository,
whatever happens.
"""

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

from harness.catalog.discover import read_app
from harness.catalog.references import locked_distributions
from harness.host.git import Git
from harness.host.own_files import own_files, without_foreign
from harness.model.app import App
from harness.model.base import BY_VARIANT, REVISION_SIGN, WITH
from harness.model.errors import GitError, ManifestError, RuntimeFault, UsageError, meant
from harness.runtime.app_source import code_sha256
from harness.runtime.environment import lock_sha256, python
from harness.runtime.local_wheel import LocalWheel, is_path, local_wheel
from harness.runtime.requirements import NotAdded, NotResolved, require

_COMMITS: Final = "`git log --oneline` in the apps' folder shows the commits there are"
_DISTRIBUTION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""With which a requirement begins."""
_NAME_LENGTH: Final = 40
_LONGEST_WORDS: Final = 60
"""With which a revision is told in tables."""


class NoOtherRevision(UsageError):  # noqa: N818 - what it says, not an error's name
    """The app is in no repository, or in one that has no commit, branch or tag of this name."""


def at_commit(app: App, ref: str, target: Path) -> App:
    """The app as it was in commit `ref` of the repository that it is in.

    Raises:
        NoOtherRevision: It is in no git repository, or there is no such commit.
        UsageError: The app was not in that commit.
        GitError: git can't be asked.
    """
    git = Git(app.folder)
    try:
        top = Path(git("rev-parse", "--show-toplevel"))
    except GitError as error:
        if "not a git repository" not in error.said:
            raise
        raise NoOtherRevision(f"{app.folder} is in no git repository", hint=_COMMITS) from None
    try:
        commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except GitError as error:
        if error.said:
            raise
        raise NoOtherRevision(f"no commit is named '{ref}'", hint=_COMMITS) from None
    inside = app.folder.resolve().relative_to(top.resolve())
    files = target.resolve() / app.name
    names = _check_out(git, commit, inside, files)
    folder = files / inside
    if not folder.is_dir():
        raise UsageError(
            f"app '{app.name}' is not in {ref}", hint="name a commit that has it, or leave the app out with --app"
        )
    _see_that_links_stay_inside(folder, app, ref)
    name = revision_name(ref)
    try:
        found = read_app(folder, as_committed=True).model_copy(update={"own_files": names})
    except ManifestError as error:
        what = error.what.replace(f"{folder}/", "")
        raise UsageError(
            f"app '{app.name}' as of {ref} can't be measured: {what}",
            hint="name a later commit, or leave the app out with --app",
        ) from None
    return named(found, app, f"ref-{name}" if name.startswith((WITH, BY_VARIANT)) else name, f"as of {ref}")


def with_requirements(app: App, requirements: Sequence[str | LocalWheel], target: Path) -> App:
    """The app with other versions of some requirements; uv keeps the lock's other pins where they allow it.

    A requirement may be a folder of sources on this host, of which a wheel is built, or a wheel: it lies in the app's
    copy then, for the image that is built of that.

    Raises:
        UsageError: uv finds no versions that fit, or no wheel can be built.
        RuntimeFault: uv can't do its work.
    """
    copy = copied(app, target)
    folder = copy.folder
    asked = [_put_into(folder, each) for each in requirements]
    wheels = [each for each in asked if isinstance(each, LocalWheel)]
    for wheel in wheels:
        _see_that_it_is_used(wheel, app)
    words = ", ".join(each.words if isinstance(each, LocalWheel) else each for each in asked)
    try:
        require(folder, [f"./{each.file.name}" if isinstance(each, LocalWheel) else each for each in asked])
    except NotResolved as error:
        raise UsageError(
            f"app '{app.name}' can't have {words}:\n{error}",
            hint=f"{_meant(requirements, app)}give a package and a version that there are, and that fit the app's "
            "others",
        ) from None
    except NotAdded as error:
        raise RuntimeFault(
            f"uv could not add {words} to app '{app.name}':\n{error}", hint="see to what uv says"
        ) from None
    found = read_app(folder).model_copy(update={"own_files": copy.own_files})
    short = "-".join(each.short_name if isinstance(each, LocalWheel) else each for each in asked)
    return named(found, app, WITH + revision_name(short), f"with {words}")


def _meant(asked: Sequence[str | LocalWheel], app: App) -> str:
    """Which distributions of the app are like those that were asked for, and which it does not have."""
    locked = locked_distributions(app.folder / "uv.lock")
    names = [match[0] for each in asked if isinstance(each, str) and (match := _DISTRIBUTION.match(each))]
    return "".join(meant(name, locked) for name in map(canonicalize_name, names) if name not in locked)


def requirement(given: str, target: Path) -> str | LocalWheel:
    """A requirement as it was given, or the wheel of what lies on this host, made in the folder `target`.

    Raises:
        UsageError: There is no such, or no wheel can be built.
    """
    if not is_path(given):
        return given.strip()
    target.mkdir(parents=True)
    return local_wheel(given, target, python())


def _put_into(folder: Path, asked: str | LocalWheel) -> str | LocalWheel:
    if isinstance(asked, LocalWheel):
        return replace(asked, file=Path(shutil.copy(asked.file, folder)))
    return local_wheel(asked, folder, python()) if is_path(asked) else asked.strip()


def copied(app: App, target: Path) -> App:
    """The app in a folder of its own below `target`, without an environment."""
    folder = target / app.folder.name
    names = tuple(file.name for file in own_files(app).files)
    shutil.copytree(app.folder, folder, ignore=without_foreign)
    return app.model_copy(update={"folder": folder.resolve(), "own_files": names})


def _see_that_it_is_used(wheel: LocalWheel, app: App) -> None:
    locked = locked_distributions(app.folder / "uv.lock")
    if wheel.name not in locked:
        raise UsageError(
            f"app '{app.name}' does not use {wheel.name}, so {wheel.words} would change nothing",
            hint=f"{meant(wheel.name, locked)}compare an app that has it among its dependencies",
        )


def is_same(a: App, b: App) -> bool:
    """Whether two revisions have the same code and lock."""
    return (code_sha256(a), lock_sha256(a.folder)) == (code_sha256(b), lock_sha256(b.folder))


def _check_out(git: Git, commit: str, inside: Path, files: Path) -> tuple[str, ...]:
    """Write the files of a commit in the folder `inside` below `files`, as a checkout would; returns their names.

    `git archive` would leave out what is marked as export-ignore. Index and work tree are ours.
    """
    files.mkdir(parents=True)
    own = replace(
        git,
        folder=files,
        variables={
            "GIT_DIR": git("rev-parse", "--absolute-git-dir"),
            "GIT_INDEX_FILE": str(files.with_suffix(".index")),
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_WORK_TREE": str(files),
        },
    )
    own("read-tree", commit)
    listed = own.output("ls-files", "-z", "--", str(inside))
    own.output("checkout-index", "--quiet", "-z", "--stdin", given=listed)
    names = (Path(os.fsdecode(name)) for name in listed.split(b"\0") if name)
    return tuple(name.relative_to(inside).as_posix() for name in names)


def _see_that_links_stay_inside(folder: Path, app: App, ref: str) -> None:
    for link in (path for path in folder.rglob("*") if path.is_symlink()):
        if not link.resolve().is_relative_to(folder.resolve()):
            raise UsageError(
                f"app '{app.name}' in {ref}: the link {link.relative_to(folder)} leads out of its folder, "
                "to what is not of that revision",
                hint="have the app hold its own copy of that file, or leave the app out with --app",
            )


def named(found: App, app: App, revision: str, words: str) -> App:
    """What was found, as this revision of the app, in a name and in words."""
    name = f"{app.name}{REVISION_SIGN}{revision[:_NAME_LENGTH]}"
    return found.model_copy(
        update={"name": name, "revision": words if len(words) <= _LONGEST_WORDS else f"{words[: _LONGEST_WORDS - 1]}…"}
    )


def revision_name(words: str) -> str:
    """The words as far as a name can hold them."""
    return re.sub(r"[^A-Za-z0-9._+]+", "-", words).strip("-._+") or "other"
