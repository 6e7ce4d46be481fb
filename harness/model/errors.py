"""Errors that a user can mend, and the exit codes of the command line."""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from enum import IntEnum
from pathlib import Path
from traceback import format_exception_only, walk_tb
from typing import Final

_HARNESS: Final = Path(__file__).parents[1]
_SHOWN: Final = 200
"""Characters of what an exception says."""


class ExitCode(IntEnum):
    """What the `bench` command returns to the shell."""

    OK = 0
    BUG = 1
    USAGE = 2
    CONFORMANCE = 3
    INCOMPLETE = 4
    REGRESSION = 5
    UNFIT_HOST = 6
    INTERRUPTED = 130


class BenchError(Exception):
    """Something a user can mend: what went wrong, and what to do next.

    The command line prints it as two lines, `error: what` and `hint: hint`, and exits with
    `exit_code`; it never shows a traceback for it.
    """

    exit_code: ExitCode = ExitCode.USAGE

    def __init__(self, what: str, *, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.parts: tuple[BenchError, ...] = (self,)
        """The errors that it is made of, where a file has several mistakes."""

    def __str__(self) -> str:
        return f"{self.what} ({self.hint})"


class ManifestError(BenchError):
    """An app's `pyproject.toml` can't be used."""


class UsageError(BenchError):
    """A flag, an argument or an environment variable can't be used."""


class RunFolderError(BenchError):
    """A run folder is missing, damaged or of an unknown version."""


class GitError(BenchError):
    """A git command could not be started, failed, or did not end in time."""

    def __init__(self, what: str, *, hint: str, said: str = "") -> None:
        """Make it with git's own words in `said`, where git said any."""
        super().__init__(what, hint=hint)
        self.said = said


class DataBranchError(BenchError):
    """The data branch can't be read, written or pushed."""


class PullRequestError(BenchError):
    """What a pull request's job left can't be used, or nothing can be said there."""


class RuntimeFault(BenchError):  # noqa: N818 - a fault of the machinery, not of the user
    """A server, a database or the load driver did not start, or was lost."""

    exit_code = ExitCode.INCOMPLETE


class OutOfStep(RuntimeFault):
    """The workers of a window did not begin together, as where a host stalls one of them; those of the next may."""


OWN_MISTAKE: Final = "broke off by a mistake of bench's own"
"""By these words a check that failed so is told from one that found something."""


class Unforeseen(RuntimeFault):
    """A mistake of the harness itself that came to light on one app: it costs what was done there, and nothing else."""

    def __init__(self, what: str, error: Exception) -> None:
        """`what` broke off with `error`, which nobody foresaw."""
        said = " ".join("".join(format_exception_only(error)).split())
        said = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}..."
        super().__init__(
            f"{what} {OWN_MISTAKE}, which says nothing of the app: {said} ({_place_of(error)})",
            hint="please report it as a mistake of bench: attach this message, what `bench --version` prints, and the "
            "app's folder or a link to it",
        )


def _place_of(error: Exception) -> str:
    """Where among the harness's own files it was raised, or where they called what raised it."""
    places = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
    own = [(path, line) for path, line in places if path.is_relative_to(_HARNESS)]
    path, line = own[-1] if own else (_HARNESS, 0)
    return f"{path.relative_to(_HARNESS.parent).as_posix()}:{line}"


class HostFault(RuntimeFault):
    """The host, or something else on it, refused what is needed: no fault of the app's."""


class ConformanceError(BenchError):
    """An app does not keep the HTTP contract."""

    exit_code = ExitCode.CONFORMANCE


_SHORT: Final = 3
_ALIKE: Final = 0.7
"""How much of two names has to be the same for one to be taken for the other, as difflib has it."""
_ALIKE_SHORT: Final = 0.6
"""The same of a short one, of which one wrong letter is a third."""


def meant(name: str, known: Iterable[str]) -> str:
    """`is 'flask' meant? `, where a name that there is not looks like one that there is, or like two; else empty.

    `WSGI` is like nothing more than `wsgi`.
    """
    folded = name.casefold()
    others = {each: each.casefold() for each in sorted(known) if each != name}
    same = [each for each, other in others.items() if other == folded]
    # Two letters that changed places are half of a short name.
    swapped = [each for each, other in others.items() if sorted(other) == sorted(folded)]
    nearest = same or swapped or _most_alike(folded, others)
    return f"is {' or '.join(f"'{each}'" for each in nearest)} meant? " if 1 <= len(nearest) <= 2 else ""  # noqa: PLR2004 - any more are no help


def _most_alike(folded: str, others: Mapping[str, str]) -> list[str]:
    """Those of the others that are alike by as much, and none more."""
    least = _ALIKE if len(folded) > _SHORT else _ALIKE_SHORT
    alike = {each: SequenceMatcher(b=folded, a=other).ratio() for each, other in others.items()}
    most = max(alike.values(), default=0.0)
    return [each for each, ratio in alike.items() if ratio == most >= least]


_NEARLY: Final = 0.8


def is_alike(name: str, other: str) -> bool:
    """Whether one of two names may be the other, spelt wrongly; whatever is like it by chance is less so."""
    name, other = name.casefold(), other.casefold()
    return sorted(name) == sorted(other) or SequenceMatcher(b=name, a=other).ratio() >= _NEARLY
