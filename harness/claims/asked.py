"""The claims that a run was asked for: a file of somebody's own, kept with the run for all reports on it."""

from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path

from harness.claims.read import read_claims, read_text
from harness.model.claim import ClaimsFile
from harness.results.resume_command import options_named
from harness.results.run_folders import CLAIMS_FILE
from harness.writing import replace_files


def keep_claims(folder: Path, text: str | None) -> Path | None:
    """Keep the text of a claims file with a run, in the first place; None leaves it at what was kept before.

    Claims that stood there before are not lost: they are put aside, as `claims.1.toml` and so on.

    Returns:
        Where those are now; None where there were none, or the same.

    Raises:
        WriteError: There is no room for it; what was kept stands.
    """
    if text is None:
        return None
    file, new = folder / CLAIMS_FILE, text.encode()
    before = file.read_bytes() if file.is_file() else new
    if before == new:
        replace_files({file: new})
        return None
    aside = _place_aside(folder, before)
    replace_files({aside: before, file: new})
    return aside


def _place_aside(folder: Path, content: bytes) -> Path:
    """The first place that is free, or has the same already."""
    places = (folder / f"claims.{number}.toml" for number in count(1))
    return next(place for place in places if not place.exists() or place.read_bytes() == content)


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
