"""The data branch: a branch without a common ancestor with the code, on which the history of the runs is kept."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.ci.repository import commit, own_repository
from harness.ci.tree import RUNS_FILE, write_files, write_tree
from harness.host.git import Git
from harness.mask import masked
from harness.model.errors import DataBranchError, GitError, UsageError
from harness.runtime.passing_folder import passing_folder

_PATIENCE_S: Final = 600.0
"""A transfer over a bad line takes minutes; one that takes longer hangs."""


def _hint() -> str:
    rights = "the remote, its branch and your rights to it must fit"
    if "GIT_CONFIG_COUNT" in os.environ:
        return (
            f"{rights}; what GIT_CONFIG_COUNT sets does not count here: have it in a file that GIT_CONFIG_GLOBAL names"
        )
    return rights


@dataclass(frozen=True, slots=True)
class Checkout:
    """The data branch's files as they were at the remote, to be read and added to."""

    folder: Path
    base: str
    """The commit that they are of."""
    git: Git
    """The repository of ours that has it."""


@dataclass(frozen=True, slots=True)
class DataBranch:
    """A branch of a remote of the repository that the folder `code` is in."""

    code: Path
    remote: str
    """A name or an address."""
    name: str

    def __str__(self) -> str:
        return f"branch {self.name} of {masked(self.remote)}"

    @contextmanager
    def checked_out(self, state: Path) -> Iterator[Checkout]:
        """The branch's newest files in a folder of their own, which is gone afterwards; begun where it is missing.

        The repository of the code is only read.

        Args:
            state: A folder for what is needed meanwhile.

        Raises:
            UsageError: No branch can have that name.
            GitError: The folder is in no repository, or the remote does not answer.
            DataBranchError: The branch holds something other than a history of runs.
        """
        users = Git(self.code, hint=_hint(), patience_s=_PATIENCE_S)
        try:
            users("check-ref-format", self._ref)
        except GitError as error:
            if error.said:
                raise
            raise UsageError(f"no branch can be named '{self.name}'", hint="name another with --branch") from None
        with passing_folder(state, "data-branch") as place:
            git = own_repository(users, self.remote, place / "repository")
            base = self._fetched(git) or self._empty(git)
            folder = place / "files"
            folder.mkdir()
            if write_files(git, base, folder) and not (folder / RUNS_FILE).is_file():
                raise DataBranchError(
                    f"{self} has files and no {RUNS_FILE}: it is no history of runs",
                    hint="name another with --branch; one that does not exist is begun",
                )
            yield Checkout(folder, base, git)

    def push(self, checkout: Checkout, message: str) -> str | None:
        """Commit what was added and push that commit to this branch, and to nothing else.

        Returns:
            The commit; None where the branch has moved meanwhile, so that everything has to be done upon its new files.

        Raises:
            GitError: The remote refused for another reason.
        """
        git = checkout.git
        added = commit(git, write_tree(git, checkout.folder), message, checkout.base)
        try:
            git("push", "--quiet", "--no-verify", "--", self.remote, f"{added}:{self._ref}")
        except GitError:
            now = self._head(git)
            if now in {checkout.base, None}:
                raise
            return added if now == added else None
        return added

    @property
    def _ref(self) -> str:
        return f"refs/heads/{self.name}"

    def _head(self, git: Git) -> str | None:
        """The commit that the remote has; None where it has no such branch."""
        listed = git("ls-remote", "--heads", "--", self.remote, self._ref)
        heads = {ref: commit for commit, _, ref in (line.partition("\t") for line in listed.splitlines())}
        return heads.get(self._ref)  # others may end alike

    def _fetched(self, git: Git) -> str | None:
        if self._head(git) is None:
            return None
        git("fetch", "--quiet", "--no-tags", "--depth=1", "--", self.remote, self._ref)
        return git("rev-parse", "FETCH_HEAD")

    def _empty(self, git: Git) -> str:
        """A first commit without files and ancestors."""
        tree = git("hash-object", "-w", "-t", "tree", "--stdin")
        return commit(git, tree, "Begin a history of benchmark runs")
