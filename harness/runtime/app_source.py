"""An app's own code, as a hash and as texts for whoever reads the run: bounded, however large its files are."""

import hashlib
import os
from typing import BinaryIO, Final

from harness.host.git import Git
from harness.host.own_files import OwnFile, own_files, shown
from harness.model.app import App
from harness.model.errors import GitError
from harness.model.run import AppSource, LeftOut, SourceFile

LONGEST_TEXT_BYTES: Final = 64 * 1024
ALL_TEXTS_BYTES: Final = 1024 * 1024
LONGEST_HASHED_BYTES: Final = 16 * 1024 * 1024
ALL_HASHED_BYTES: Final = 64 * 1024 * 1024
"""Beyond, a file's size stands for its content. No code is as long; data, models and disk images are."""

_PIECE_BYTES: Final = 1024 * 1024


def code_sha256(app: App) -> str:
    """Hash over the names and contents of the app's own files; where those are very long, over their size."""
    digest = hashlib.sha256()
    left = ALL_HASHED_BYTES
    for file in own_files(app).files:
        digest.update(os.fsencode(file.name) + b"\0")
        content, size = _content_sha256(file, min(left, LONGEST_HASHED_BYTES))
        left -= size
        digest.update(content)
    return digest.hexdigest()


def source(app: App) -> AppSource:
    """The same files as texts, and what was left out of them."""
    found = own_files(app)
    left_out = list(found.left_out)
    files: list[SourceFile] = []
    left = ALL_TEXTS_BYTES
    for file in found.files:
        text, why = _text(file, min(left, LONGEST_TEXT_BYTES))
        files.append(SourceFile(path=shown(file.name), text=text))
        left -= len(text.encode()) if text else 0
        if why:
            left_out.append(LeftOut(path=shown(file.name), why=why))
    return AppSource(
        app=app.name, files=tuple(files), left_out=tuple(left_out), uncommitted=has_uncommitted_changes(app)
    )


def has_uncommitted_changes(app: App) -> bool | None:
    """Whether the app's folder differs from the last commit; None where git does not know it, or can't tell."""
    if app.own_files is not None:
        return None  # a copy of a commit, or of a tree under another requirement
    git = Git(app.folder)
    try:
        if not git("ls-files", "--cached", "--others", "--exclude-standard", "--", "pyproject.toml"):
            return None
        changes = git("status", "--porcelain", "--untracked-files=all", "--no-renames", "--", ".")
    except GitError:
        return None
    return any("__pycache__" not in line for line in changes.splitlines())


def _content_sha256(file: OwnFile, most: int) -> tuple[bytes, int]:
    """Hash over a file's content if it has at most so many bytes, and how many were read."""
    digest = hashlib.sha256()
    read = 0
    try:
        with _opened(file) as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > most:
                return hashlib.sha256(b"%d bytes" % size).digest(), 0
            while read <= most and (piece := stream.read(_PIECE_BYTES)):
                digest.update(piece)
                read += len(piece)
    except OSError as error:
        return hashlib.sha256(f"not readable: {error.strerror}".encode()).digest(), read
    return digest.digest(), read


def _text(file: OwnFile, most: int) -> tuple[str | None, str | None]:
    """A file's text, or why there is none."""
    if file.withheld:
        return None, file.withheld
    try:
        with _opened(file) as stream:
            size = os.fstat(stream.fileno()).st_size
            content = stream.read(most + 1)
    except OSError as error:
        return None, f"can't be read: {error.strerror}"
    if len(content) > most:
        hashed = "" if size <= LONGEST_HASHED_BYTES else "; only its size is in the hash of the code"
        return None, f"{size:,} bytes are too many to be kept{hashed}"
    try:
        return content.decode(), None
    except UnicodeDecodeError:
        return None, "no text"


def _opened(file: OwnFile) -> BinaryIO:
    # Without waiting for anybody, if it has become a pipe since it was looked at.
    return os.fdopen(os.open(file.path, os.O_RDONLY | os.O_NONBLOCK), "rb")
