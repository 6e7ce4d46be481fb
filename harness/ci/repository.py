"""A bare repository of the job's own, in which the data branch is read, added to and pushed.

The user's repository is asked how the remote is reached and is never written to; hooks, ignore rules, attributes,
filters, worktrees and housekeeping of the user's play no part, because there is neither a work tree nor anybody else's
setting here.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

from harness.host.git import Git
from harness.model.errors import GitError

_REACHES: Final = ("credential.", "http.", "protocol.", "ssh.", "url.")
_COMMITS: Final = ("author.", "committer.", "user.")
_SINGLE: Final = ("core.askpass", "core.gitproxy", "core.sshcommand")
_OF_A_REMOTE: Final = frozenset(
    {"proxy", "proxyauthmethod", "pushurl", "receivepack", "serveroption", "uploadpack", "url", "vcs"}
)

_NOBODY: Final = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "framework-referee"), ("EMAIL", "framework-referee@localhost"))
}
"""For a machine on which git knows nobody."""


def own_repository(users: Git, remote: str, folder: Path) -> Git:
    """Make an empty bare repository in `folder` that reaches `remote` as the user's repository does.

    The settings of that repository for this (those of files that it includes as well) are handed on as variables, so
    that a token in them is written nowhere; the user's global settings apply here by themselves.

    Raises:
        GitError: `users` is in no repository, or git fails.
    """
    object_format, _, to_top = users("rev-parse", "--show-object-format", "--show-cdup").partition("\n")
    replace(users, folder=folder.parent)(
        "init", "--quiet", "--bare", "--template=", f"--object-format={object_format}", str(folder)
    )
    return replace(
        users,
        folder=users.folder / to_top,  # where the address of a remote is a path, it is meant from there
        variables={**users.variables, **_as_variables(_settings(users, remote)), "GIT_DIR": str(folder)},
    )


def commit(own: Git, tree: str, message: str, *parents: str) -> str:
    """Commit a tree to no branch, in the user's name if git knows it; returns the commit."""
    author = own if _knows_somebody(own) else replace(own, variables={**own.variables, **_NOBODY})
    return author("commit-tree", tree, *(word for parent in parents for word in ("-p", parent)), "-m", message)


def _settings(users: Git, remote: str) -> list[tuple[str, str]]:
    """What the repository itself, not the user's global settings, says of reaching the remote and of who commits."""
    fields = users("config", "--list", "-z", "--show-scope").split("\0")
    found = []
    for scope, entry in zip(fields[::2], fields[1::2], strict=False):
        name, equals, value = entry.partition("\n")
        if scope in {"local", "worktree"} and _is_needed(name, remote):
            found.append((name, value if equals else "true"))
    return found


def _is_needed(name: str, remote: str) -> bool:
    beginning = f"remote.{remote}."
    of_the_remote = name.startswith(beginning) and name.removeprefix(beginning) in _OF_A_REMOTE
    return of_the_remote or name in _SINGLE or name.startswith((*_REACHES, *_COMMITS))


def _as_variables(settings: list[tuple[str, str]]) -> dict[str, str]:
    numbered = {
        f"GIT_CONFIG_{part}_{number}": word
        for number, setting in enumerate(settings)
        for part, word in zip(("KEY", "VALUE"), setting, strict=True)
    }
    return {"GIT_CONFIG_COUNT": str(len(settings)), **numbered}


def _knows_somebody(own: Git) -> bool:
    try:
        for role in ("AUTHOR", "COMMITTER"):
            own("var", f"GIT_{role}_IDENT")
    except GitError:
        return False
    return True
