"""The data branch: a branch without a common ancestor with the code, on which the history of the runs is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from harness.ci.git import Git
from harness.model.errors import DataBranchError

RUNS_FILE: Final = "runs.jsonl"
"""By it a data branch is known: one `KeptRun` a line."""

_AUTHOR: Final = ("-c", "user.name=framework-referee", "-c", "user.email=framework-referee@localhost")
"""For a machine on which git knows nobody."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """The data branch's files as they were at the remote, to be read and added to."""

    folder: Path
    base: str
    """The commit that they are of."""


@dataclass(frozen=True, slots=True)
class DataBranch:
    """A branch of a remote of the repository that `git` is in."""

    git: Git
    remote: str
    name: str

    def head(self) -> str | None:
        """The commit that the remote has; None where it has no such branch.

        Raises:
            DataBranchError: The remote does not answer.
        """
        listed = self.git("ls-remote", "--heads", self.remote, self._ref)
        return listed.split()[0] if listed else None

    @contextmanager
    def checked_out(self, state: Path) -> Iterator[Checkout]:
        """The branch's newest files in a worktree of their own, which is gone afterwards; begun where it is missing.

        The repository's own worktree, index and branches are left alone.

        Args:
            state: A folder for what is needed meanwhile.

        Raises:
            DataBranchError: The remote does not answer, or the branch holds something other than a history of runs.
        """
        self.git("worktree", "prune")
        base = self._fetched() or self._empty()
        with TemporaryDirectory(prefix="data-branch-", dir=state) as parent:
            folder = Path(parent).resolve() / "files"
            self.git("worktree", "add", "--quiet", "--detach", str(folder), base)
            try:
                self._see_that_it_is_ours(folder)
                yield Checkout(folder, base)
            finally:
                self.git("worktree", "remove", "--force", str(folder))

    def push(self, checkout: Checkout, message: str) -> str | None:
        """Commit what was added and push that commit to this branch, and to nothing else.

        Returns:
            The commit; None where the branch has moved meanwhile, so that everything has to be done upon its new files.

        Raises:
            DataBranchError: The remote refused for another reason.
        """
        there = self.git.at(checkout.folder)
        there("add", "--all")
        there(*self._author(there), "commit", "--quiet", "--no-verify", "--message", message)
        commit = there("rev-parse", "HEAD")
        try:
            self.git("push", "--quiet", "--no-verify", self.remote, f"{commit}:{self._ref}")
        except DataBranchError:
            now = self.head()
            if now in {checkout.base, None}:
                raise
            return commit if now == commit else None
        return commit

    @property
    def _ref(self) -> str:
        return f"refs/heads/{self.name}"

    def _fetched(self) -> str | None:
        head = self.head()
        if head is None:
            return None
        # A shallow clone, as CI makes it, needs no past of this branch either.
        shallow = self.git("rev-parse", "--is-shallow-repository") == "true"
        self.git("fetch", "--quiet", "--no-tags", *(["--depth=1"] if shallow else []), self.remote, self._ref)
        return self.git("rev-parse", "FETCH_HEAD")

    def _empty(self) -> str:
        """A first commit without files and ancestors."""
        tree = self.git("hash-object", "-w", "-t", "tree", "/dev/null")
        return self.git(*self._author(self.git), "commit-tree", tree, "-m", "Begin a history of benchmark runs")

    def _author(self, git: Git) -> tuple[str, ...]:
        try:
            git("var", "GIT_COMMITTER_IDENT")
        except DataBranchError:
            return _AUTHOR
        return ()

    def _see_that_it_is_ours(self, folder: Path) -> None:
        others = [file.name for file in folder.iterdir() if file.name != ".git"]
        if others and not (folder / RUNS_FILE).is_file():
            raise DataBranchError(
                f"branch '{self.name}' of {self.remote} has files and no {RUNS_FILE}: it is no history of runs",
                hint="name another with --branch; one that does not exist is begun",
            )
