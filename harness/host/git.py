"""git, run so that the folder alone says which repository is meant, and so that nothing in it changes unasked.

Whoever starts the harness from a hook, an alias or `git rebase --exec` hands on variables that send every git command
to another repository, index or object store (`git rev-parse --local-env-vars` lists most). All git commands of the
harness go through here, where they are dropped.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import disk_usage
from typing import Final

from harness.mask import masked
from harness.model.errors import ExitCode, GitError

_REACHES_REMOTES: Final = ("GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_")
"""Beginnings of the names of variables that say how a remote is reached."""

_KEPT: Final = frozenset(
    {
        "GIT_ALLOW_PROTOCOL",
        "GIT_ASKPASS",
        "GIT_AUTHOR_EMAIL",
        "GIT_AUTHOR_NAME",
        "GIT_CEILING_DIRECTORIES",
        "GIT_COMMITTER_EMAIL",
        "GIT_COMMITTER_NAME",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_SYSTEM",
        "GIT_DISCOVERY_ACROSS_FILESYSTEM",
        "GIT_EXEC_PATH",
        "GIT_LFS_SKIP_SMUDGE",
        "GIT_PROTOCOL_FROM_USER",
    }
)
"""What else is the user's, and not of one repository or one command. Every other variable named GIT_... is dropped, and
so is each that git will have only in years."""

_OWN_VARIABLES: Final = {
    "GIT_OPTIONAL_LOCKS": "0",  # `git status` would write the index anew
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}

_OWN_SETTINGS: Final = {
    "advice.detachedHead": "false",
    "commit.gpgSign": "false",
    "core.fsmonitor": "",  # would start a process that stays
    "core.hooksPath": os.devnull,
    "core.splitIndex": "false",  # would put a part of an index of ours beside the user's
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "push.followTags": "false",
    "push.gpgSign": "false",
    "push.recurseSubmodules": "no",
}
"""A user's hooks, keys and housekeeping are for the user's own commands; nothing but what a command names is pushed."""

_NO_ROOM: Final = ("No space left on device", "Disk quota exceeded")
_FULL_BYTES: Final = 64 * 1024
"""With less left, a disk is at fault for whatever fails."""


def environment() -> dict[str, str]:
    """The caller's variables without those that choose a repository, an index or settings for one git command."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT or name.startswith(_REACHES_REMOTES)
    }


@dataclass(frozen=True, slots=True)
class Git:
    """The repository in whose folder commands run."""

    folder: Path
    hint: str = "try the same command by hand"
    """What a user should do where a command fails."""
    patience_s: float = 60.0
    variables: Mapping[str, str] = field(default_factory=dict)
    """On top of the environment: an index or a repository of ours."""

    def __call__(self, *arguments: str, given: bytes = b"") -> str:
        """Run `git ARGUMENTS` with `given` on its standard input; returns what it printed, without the last line's end.

        Bytes that are no text are kept as Python keeps those of file names.

        Raises:
            GitError: It could not be started, failed, or did not end in time; git's own words are in the message.
        """
        return os.fsdecode(self.output(*arguments, given=given)).removesuffix("\n")

    def output(self, *arguments: str, given: bytes = b"") -> bytes:
        """The same, and returns the bytes as they are.

        Raises:
            GitError: As above.
        """
        settings = [word for name, value in _OWN_SETTINGS.items() for word in ("-c", f"{name}={value}")]
        command = f"`git {arguments[0]}`"
        try:
            done = subprocess.run(
                ("git", *settings, *arguments),  # noqa: S607 - the user's own git
                cwd=self.folder,
                env={**environment(), **_OWN_VARIABLES, **self.variables},
                input=given,
                capture_output=True,
                check=True,
                timeout=self.patience_s,
            )
        except OSError as error:
            if not self.folder.is_dir():
                raise GitError(f"there is no folder {self.folder}", hint="name one that is there") from error
            missing = isinstance(error, FileNotFoundError | PermissionError)
            hint = "install git" if missing else "mend what the host lacks, then give the same command again"
            raise GitError(f"git can't be started: {error.strerror}", hint=hint) from error
        except subprocess.TimeoutExpired as error:
            raise GitError(f"{command} did not end within {self.patience_s:g} s", hint=self.hint) from error
        except subprocess.CalledProcessError as error:
            said = masked(" ".join(error.stderr.decode(errors="backslashreplace").split()))
            raise self._fault(f"{command} failed: {said or f'exit code {error.returncode}'}", said) from error
        return done.stdout

    def _fault(self, what: str, said: str) -> GitError:
        """The error, with another hint where the system is at fault; git does not always say that a disk is full."""
        no_room = any(words in said for words in _NO_ROOM)
        for place in (self.folder, Path(self.variables.get("GIT_DIR", self.folder))):
            left = disk_usage(place).free if place.exists() else _FULL_BYTES
            if left < _FULL_BYTES and not no_room:
                what += f"; the disk of {place} has {left:,} bytes left"
                no_room = True
        if no_room:
            fault = GitError(what, hint="free some room on that disk, then give the same command again", said=said)
            fault.exit_code = ExitCode.INCOMPLETE
            return fault
        read_only = "Read-only file system" in said
        return GitError(what, hint="give the same command where you may write" if read_only else self.hint, said=said)
