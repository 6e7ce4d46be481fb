"""The claims that a run was asked for: a file of somebody's own, kept with the run for all reports on it."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from harness.claims.read import read_claims, read_text
from harness.model.claim import ClaimsFile
from harness.results.resume_command import options_named
from harness.results.run_folders import CLAIMS_FILE
from harness.writing import replace_files


def keep_claims(folder: Path, text: str | None) -> None:
    """Keep the text of a claims file with a run, in place of any that was kept before; None leaves it at that.

    Raises:
        WriteError: There is no room for it; what was kept stands.
    """
    if text is not None:
        replace_files({folder / CLAIMS_FILE: text.encode()})


def file_asked_for(folder: Path, command: Iterable[str]) -> Path:
    """The claims file of a run, as whoever asked for it named it; the copy where that is gone or says otherwise now."""
    copy = folder / CLAIMS_FILE
    for name in options_named(command, ("--claims",))[1::2]:
        with suppress(OSError):
            if (file := Path(name)).read_bytes() == copy.read_bytes():
                return file
    return copy


def text_of(file: Path) -> str:
    """The text of a claims file that can be used.

    Raises:
        ClaimsError: It can't be read, or not be used; naming the line, the key and what is wrong with it.
    """
    read_claims(file)
    return read_text(file)


def claims_asked_of(folder: Path) -> ClaimsFile | None:
    """The claims that were kept with a run; None where none were.

    Raises:
        ClaimsError: The file can't be used.
    """
    file = folder / CLAIMS_FILE
    return read_claims(file) if file.is_file() else None
