"""git, as a program that either does what it is asked or says why not."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.model.errors import DataBranchError

_PATIENCE_S: Final = 600
"""A transfer over a bad line takes minutes; one that takes longer hangs."""

_OWN_SETTINGS: Final = {
    "advice.detachedHead": "false",
    "commit.gpgSign": "false",
    "core.hooksPath": os.devnull,
    "push.followTags": "false",
    "push.gpgSign": "false",
}
"""A user's hooks and keys are for the user's commits. Nothing but what a command names may be pushed."""


@dataclass(frozen=True, slots=True)
class Git:
    """The repository in whose folder commands run."""

    folder: Path

    def __call__(self, *arguments: str) -> str:
        """Run `git ARGUMENTS` and return what it printed, without the last line's end.

        Raises:
            DataBranchError: It failed, or did not end within ten minutes; git's own words are in the message.
        """
        settings = [word for name, value in _OWN_SETTINGS.items() for word in ("-c", f"{name}={value}")]
        try:
            done = subprocess.run(
                ("git", *settings, *arguments),  # noqa: S607 - the user's own git
                cwd=self.folder,
                env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=True,
                timeout=_PATIENCE_S,
            )
        except OSError as error:
            raise DataBranchError(f"git can't be started: {error.strerror}", hint="install git") from error
        except subprocess.TimeoutExpired as error:
            what = f"`git {arguments[0]}` did not end within {_PATIENCE_S} s"
            raise DataBranchError(what, hint="see whether the remote answers: `git ls-remote`") from error
        except subprocess.CalledProcessError as error:
            said = " ".join(str(error.stderr).split()) or f"exit code {error.returncode}"
            raise DataBranchError(
                f"`git {arguments[0]}` failed: {said}", hint="the remote, its branch and your rights to it must fit"
            ) from error
        return done.stdout.removesuffix("\n")

    def at(self, folder: Path) -> "Git":
        """The same for another folder, such as a worktree."""
        return Git(folder)
