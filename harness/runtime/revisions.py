"""Another revision of an app beside the one in the tree: as of a git commit, or with another requirement.

Both are made in a folder of their own, which is removed when the run is over and, if the harness is killed, by the next
one. A commit's files come from `git archive`: unlike a worktree it leaves nothing in the repository, whatever happens.
"""

import io
import re
import shutil
import subprocess
import tarfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uv

from harness.catalog.discover import read_app
from harness.host import variables
from harness.model.app import REVISION_SIGN, WITH, App
from harness.model.errors import BenchError, UsageError
from harness.runtime.environment import INSTALL_TIMEOUT_S, code_sha256, lock_sha256, python
from harness.runtime.ledger import Ledger

_GIT_TIMEOUT_S: Final = 60.0
_NAME_LENGTH: Final = 40
_TITLE_LENGTH: Final = 60
_COPIED: Final = shutil.ignore_patterns(".venv", "__pycache__", "*.pyc", "*.egg-info")


@contextmanager
def revisions_folder(state_folder: Path) -> Iterator[Path]:
    """A folder for revisions that does not outlive the block."""
    ledger = Ledger(state_folder.resolve())
    folder = state_folder.resolve() / "revisions" / uuid.uuid4().hex
    ledger.record_folder(folder)
    try:
        folder.mkdir(parents=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        ledger.close()


def at_commit(app: App, ref: str, target: Path) -> App:
    """The app as it was in commit `ref` of the repository that it is in.

    Raises:
        UsageError: It is in no git repository, there is no such commit, or the app was not in it.
    """
    top = Path(_git(app.folder, "rev-parse", "--show-toplevel", what=f"{app.folder} is in no git repository"))
    commit = _git(
        top,
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        f"{ref}^{{commit}}",
        what=f"no commit is named '{ref}'",
    )
    inside = app.folder.resolve().relative_to(top.resolve())
    folder = target / app.folder.name
    tree = f"{commit}^{{tree}}" if inside == Path() else f"{commit}:{inside.as_posix()}"
    try:
        packed = subprocess.run(
            ("git", "-C", top, "archive", "--format=tar", tree),  # noqa: S607 - wherever it is
            capture_output=True,
            check=True,
            timeout=_GIT_TIMEOUT_S,
        ).stdout
    except subprocess.CalledProcessError as error:
        raise UsageError(
            f"app '{app.name}' is not in {ref}: {error.stderr.decode(errors='replace').strip()}",
            hint="name a commit that has it, or leave the app out with --app",
        ) from None
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    name = _revision_name(ref)
    return _named(read_app(folder), app, f"ref-{name}" if name.startswith(WITH) else name, ref)


def with_requirements(app: App, requirements: Sequence[str], target: Path) -> App:
    """The app with other versions of some requirements; uv keeps the lock's other pins where they allow it.

    Raises:
        UsageError: uv finds no versions that fit.
    """
    folder = target / app.folder.name
    shutil.copytree(app.folder, folder, ignore=_COPIED)
    done = subprocess.run(
        [
            *(uv.find_uv_bin(), "add", "--no-sync", "--no-progress", "--project", str(folder)),
            *("--python", str(python()), "--", *requirements),
        ],
        env=variables.installer(),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=INSTALL_TIMEOUT_S,
    )
    words = ", ".join(requirements)
    if done.returncode:
        said = re.sub(r"(?m)^(error|hint): ", r"uv's \1: ", done.stderr.strip())
        raise UsageError(
            f"app '{app.name}' can't have {words}:\n{said}", hint="give a requirement that fits the app's others"
        )
    return _named(read_app(folder), app, WITH + _revision_name("-".join(requirements)), f"with {words}")


def is_same(a: App, b: App) -> bool:
    """Whether two revisions have the same code and lock."""
    return (code_sha256(a), lock_sha256(a)) == (code_sha256(b), lock_sha256(b))


def _named(found: App, app: App, revision: str, words: str) -> App:
    name = f"{app.name}{REVISION_SIGN}{revision[:_NAME_LENGTH]}"
    title = f"{found.manifest.title} ({words})"
    if len(title) > _TITLE_LENGTH:
        title = title[: _TITLE_LENGTH - 2] + "…)"
    return found.model_copy(update={"name": name, "manifest": found.manifest.model_copy(update={"title": title})})


def _revision_name(words: str) -> str:
    """The words as far as a name can hold them."""
    return re.sub(r"[^A-Za-z0-9._+]+", "-", words).strip("-._+") or "other"


def _git(folder: Path, *arguments: str, what: str) -> str:
    try:
        done = subprocess.run(
            ("git", "-C", folder, *arguments),  # noqa: S607 - wherever it is
            capture_output=True,
            text=True,
            check=True,
            timeout=_GIT_TIMEOUT_S,
        )
    except FileNotFoundError:
        raise UsageError("git is not installed", hint="install it, or compare requirements with --with") from None
    except subprocess.CalledProcessError:
        raise UsageError(what, hint="`git log --oneline` in the apps' folder shows the commits there are") from None
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"git did not answer: {error}", hint="try again") from None
    return done.stdout.strip()
