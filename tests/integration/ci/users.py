"""A user's repository in all kinds of states, with a remote of its own and variables that lead git elsewhere."""

import atexit
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.history.digest import encode_digest, make_digest
from harness.history.digest_file import DIGEST_FILE
from harness.results.folder import read_run

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"
RUN_FILES = ("run.json", "windows.jsonl", "index.html", "summary.md")
RUN = "20261123T015642Z-smoke-87650886"
IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@localhost")
COMMITTED = "committed\n"

_MANIFEST = """
[project]
name = "one-app"
version = "0"
requires-python = ">=3.13"

[tool.bench]
title = "One"
family = "micro"
endpoints = ["hello"]

[tool.bench.variants.default]
server = "its own"
interface = "native"
command = ["python", "app.py"]
why = "It has no other."
also = ["controlled"]
"""

_HOOKS = (
    *("pre-commit", "post-commit", "post-checkout", "post-index-change", "pre-push", "reference-transaction"),
    *("post-rewrite", "pre-auto-gc", "prepare-commit-msg", "commit-msg", "fsmonitor-watchman"),
)


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(("git", *IDENTITY, *arguments), cwd=folder, capture_output=True, check=True)
    return os.fsdecode(done.stdout).strip()


@dataclass(frozen=True)
class User:
    """Somebody's home with a repository in it, a remote, and another repository that has nothing to do with either."""

    home: Path

    @property
    def code(self) -> Path:
        return self.home / "code"

    @property
    def remote(self) -> Path:
        return self.home / "remote.git"

    @property
    def other(self) -> Path:
        return self.home / "other"

    @property
    def settings(self) -> Path:
        return self.home / "settings"

    @property
    def run(self) -> Path:
        return self.home / RUN

    def another_run(self) -> Path:
        """The same an hour later, under another id."""
        folder = self.home / "20261123T025642Z-smoke-00000000"
        folder.mkdir()
        for name in RUN_FILES:
            shutil.copy(SAMPLE / name, folder)
        header = json.loads((folder / "run.json").read_text())
        header |= {"run_id": "0" * 32, "started_at": "2026-11-23T02:56:42Z"}
        (folder / "run.json").write_text(json.dumps(header))
        return folder

    def configure(self, name: str, value: object) -> None:
        git(self.home, "config", "--file", str(self.settings), name, str(value))

    def kept(self, file: str) -> bytes:
        """A file of the data branch at the remote."""
        shown = ("git", "show", f"bench-data:{file}")
        return subprocess.run(shown, cwd=self.remote, capture_output=True, check=True).stdout

    def refs(self) -> dict[str, str]:
        """All that the remote has besides the data branch."""
        listed = git(self.remote, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return {name: commit for name, commit in map(str.split, listed) if name != "refs/heads/bench-data"}

    def names(self) -> list[str]:
        """Of the runs that the data branch lists."""
        return [json.loads(line)["name"] for line in self.kept("runs.jsonl").splitlines()]

    def snapshot(self) -> dict[str, str]:
        """All that is the user's, down to the last byte and the folders that hold nothing."""
        ours = {self.remote, self.run}
        found = {}
        for folder, folders, files in os.walk(self.home):
            here = Path(folder)
            folders[:] = [name for name in folders if here / name not in ours and name not in {".bench", "reports"}]
            for name in (*folders, *files):
                path = here / name
                what = path.lstat().st_mode
                if path.is_symlink():
                    found[str(path)] = f"{what} {path.readlink()}"
                else:
                    found[str(path)] = (
                        f"{what} {hashlib.sha256(path.read_bytes()).hexdigest() if name in files else ''}"
                    )
        return found


def make_user(home: Path) -> User:
    """A home with two commits at the remote, one that is not, and a finished run."""
    user = User(home)
    shutil.copytree(_template(), home, symlinks=True, dirs_exist_ok=True)
    return user


@cache
def _template() -> Path:
    """Made once: it takes a dozen processes and an analysis."""
    home = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, home)
    user = User(home)
    app = user.code / "apps" / "one_app"
    app.mkdir(parents=True)
    user.settings.touch()
    git(home, "init", "--quiet", "--bare", "--initial-branch=main", str(user.remote))
    git(user.remote, "config", "core.hooksPath", "hooks")  # elsewhere, a user's own hooks would be unknown
    for folder in (user.code, user.other):
        git(home, "init", "--quiet", "--initial-branch=main", str(folder))
    (app / "pyproject.toml").write_text(_MANIFEST)
    (app / "uv.lock").write_text("version = 1\n")
    (user.code / ".gitignore").write_text("/reports/\n/.bench/\n")
    git(user.code, "add", "--all")
    git(user.code, "commit", "--quiet", "--message", "one")
    (app / "app.py").write_text(COMMITTED)
    git(user.code, "add", "--all")
    git(user.code, "commit", "--quiet", "--message", "two")
    git(user.code, "remote", "add", "origin", "../remote.git")
    git(user.code, "push", "--quiet", "origin", "main")
    git(user.code, "tag", "--annotate", "v1", "--message", "not to be pushed")
    git(user.code, "commit", "--quiet", "--allow-empty", "--message", "not to be pushed either")
    user.run.mkdir()
    for name in RUN_FILES:
        shutil.copy(SAMPLE / name, user.run)
    (user.run / DIGEST_FILE).write_bytes(encode_digest(make_digest(read_run(SAMPLE), RUN)))
    return home


def dirty(user: User) -> None:
    (user.code / "staged").write_text("staged")
    git(user.code, "add", "staged")
    (user.code / "staged").write_text("and changed")
    (user.code / "untracked.jsonl").write_text("")


def stashed(user: User) -> None:
    (user.code / "thought").write_text("for later")
    git(user.code, "stash", "push", "--quiet", "--include-untracked", "thought")


def linked(user: User) -> None:
    git(user.code, "worktree", "add", "--quiet", "-b", "linked", str(user.home / "linked"))


def unmounted(user: User) -> None:
    """A linked worktree whose disk is away, with something staged in it."""
    away = user.home / "away"
    git(user.code, "worktree", "add", "--quiet", "--detach", str(away))
    (away / "staged").write_text("staged there")
    git(away, "add", "staged")
    shutil.rmtree(away)


def detached(user: User) -> None:
    git(user.code, "checkout", "--quiet", "--detach")


def own_data_branch(user: User) -> None:
    """A local branch of the same name, which is something else."""
    git(user.code, "branch", "bench-data", "main~1")


def excluded(user: User) -> None:
    (user.code / ".git" / "info" / "exclude").write_text("*.jsonl\nreports/\nREADME.md\n")


def hooked(user: User) -> None:
    _write_hooks(user, user.code / ".git" / "hooks")


def housekeeping(user: User) -> None:
    """Settings of the repository that have git write beside what it is asked for."""
    for name, value in (
        ("core.splitIndex", "true"),
        ("core.untrackedCache", "true"),
        ("gc.auto", "1"),
        ("fetch.prune", "true"),
        ("remote.origin.mirror", "true"),
        ("push.followTags", "true"),
    ):
        git(user.code, "config", name, value)


def global_ignore(user: User) -> None:
    (user.home / "ignored").write_text("*.jsonl\nreports/\n*.md\n")
    user.configure("core.excludesFile", user.home / "ignored")


def global_attributes(user: User) -> None:
    """Of files such as the data branch has."""
    rules = "text eol=crlf filter=other working-tree-encoding=UTF-16"
    (user.home / "attributes").write_text("".join(f"*.{kind} {rules}\n" for kind in ("html", "json", "jsonl", "md")))
    user.configure("core.attributesFile", user.home / "attributes")
    user.configure("core.autocrlf", "input")
    for way in ("clean", "smudge"):
        user.configure(f"filter.other.{way}", "tr a-z A-Z")
    user.configure("filter.other.required", "true")


def global_hooks(user: User) -> None:
    _write_hooks(user, user.home / "hooks")
    user.configure("core.hooksPath", user.home / "hooks")
    user.configure("core.fsmonitor", user.home / "hooks" / "fsmonitor-watchman")
    (user.home / "template" / "hooks").mkdir(parents=True)
    _write_hooks(user, user.home / "template" / "hooks")
    user.configure("init.templateDir", user.home / "template")


def global_signing(user: User) -> None:
    for name in ("commit.gpgSign", "tag.gpgSign", "push.gpgSign"):
        user.configure(name, "true")
    user.configure("gpg.program", "/bin/false")


def _write_hooks(user: User, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name in _HOOKS:
        (folder / name).write_text(f"#!/bin/sh\necho {name} >> '{user.home}/hooks-that-ran'\nexit 1\n")
        (folder / name).chmod(0o755)


STATES: tuple[Callable[[User], None], ...] = (
    *(dirty, stashed, linked, unmounted, detached, own_data_branch, excluded, hooked, housekeeping),
    *(global_ignore, global_attributes, global_hooks, global_signing),
)
"""Each of them goes with all others."""


def misleading(user: User) -> dict[str, str]:
    """Every variable that sends git to another repository, index, store or remote."""
    inside, other = user.code / ".git", user.other / ".git"
    return {
        "GIT_DIR": str(inside),
        "GIT_WORK_TREE": str(user.other),
        "GIT_COMMON_DIR": str(other),
        "GIT_INDEX_FILE": str(inside / "index"),
        "GIT_OBJECT_DIRECTORY": str(other / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(other / "objects"),
        "GIT_SHALLOW_FILE": str(inside / "shallow"),
        "GIT_GRAFT_FILE": str(inside / "grafts"),
        "GIT_REPLACE_REF_BASE": "refs/heads/",
        "GIT_NAMESPACE": "other",
        "GIT_PREFIX": "apps/",
        "GIT_QUARANTINE_PATH": str(other / "objects"),
        "GIT_CONFIG": str(other / "config"),
        "GIT_CONFIG_PARAMETERS": f"'remote.origin.pushurl'='{user.other}' 'core.worktree'='{user.other}'",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "remote.origin.url",
        "GIT_CONFIG_VALUE_0": str(user.other),
        "GIT_DEFAULT_HASH": "sha256",
        "GIT_TEMPLATE_DIR": str(user.home / "template"),
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_AUTHOR_DATE": "1970-01-01T00:00:00Z",
        "GIT_TRACE": str(user.home / "trace"),
        "GIT_SEQUENCE_EDITOR": "false",
        "GIT_INDEX_VERSION": "4",
    }
