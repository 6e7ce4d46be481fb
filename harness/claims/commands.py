"""The commands that measure claims, as a shell takes them: with the file and the folders that they are found by."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.claims.needs import needs_of
from harness.claims.within_reach import profile_for
from harness.model.claim import Claim, ClaimFinding
from harness.model.claim_values import VARIANT_SIGN
from harness.model.plan import ProfileName

_FOLDER: Final = "--apps-dir"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where claims come from, and the apps that they are about."""

    file: Path
    folders: tuple[str, ...] = ()
    """Options, such as `--apps-dir mine`; empty for the usual folder."""


def folders_named(command: Iterable[str]) -> tuple[str, ...]:
    """The options of a command that say where its apps are."""
    words = list(command)
    found: list[str] = []
    for at, word in enumerate(words):
        if word == _FOLDER and at + 1 < len(words):
            found += [_FOLDER, words[at + 1]]
        elif word.startswith(f"{_FOLDER}="):
            found += [_FOLDER, word.removeprefix(f"{_FOLDER}=")]
    return tuple(found)


def command_for(claim: Claim, origin: Origin | None = None) -> str:
    """Measures what a claim needs, and nothing more; `origin` is None for the article's, which need no file.

    Raises:
        UsageError: No profile has that.
    """
    if not claim.condition:
        return ""
    where = ("--claims", str(origin.file), *origin.folders) if origin else ()
    return shlex.join(("bench", "run", "--profile", profile_for(claim).value, *where, "--claim", claim.id))


def command_for_all(found: Sequence[ClaimFinding]) -> str:
    """Measures the workloads that several claims of a file need, with all apps that they name; empty where none can."""
    found = [each for each in found if each.command]
    if not found:
        return ""
    needs = [needs_of(each.claim) for each in found]
    commands = [shlex.split(each.command) for each in found]
    profile = ProfileName.FULL if any(ProfileName.FULL in words for words in commands) else ProfileName.STANDARD
    apps = sorted({app.partition(VARIANT_SIGN)[0] for each in needs for app in each.apps})
    workloads = sorted({workload.value for each in needs for workload in each.workloads})
    options = [("--app", app) for app in apps] + [("--workload", workload) for workload in workloads]
    return shlex.join(
        (
            *("bench", "run", "--profile", profile.value, *folders_named(commands[0])),
            *(word for option in options for word in option),
        )
    )
