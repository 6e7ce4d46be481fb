"""Files that are whole or not there: the one way in which anything is written that outlives the command.

A file is written beside its place and put there by renaming, which the kernel does at once or not at all (rename(2)).
So whatever happens meanwhile, a full disk, a kill, a power cut: a reader finds the old file or the new one, never a
part. A file that only grows gets whole lines: what the disk did not take to its end is cut off again.

Whoever writes such a draft holds a lock on it until it is in its place, and the kernel lets go of that lock however the
writer ends. So a draft whose lock can be had is one that a killed writer has left.
"""

import errno
import fcntl
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from harness.model.errors import ExitCode, HostFault

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
OF_THE_DISK: Final = _NO_ROOM | {errno.EIO}
"""What the kernel says of a disk that can't take more; anything else is said of a path."""
_NOTHING_TO_AWAIT: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})
"""What is said of pipes and devices, and of folders by some file systems (fsync(2))."""
_DRAFT: Final = re.compile(r"\.[0-9a-f]{32}\.new")
_SAME_COMMAND: Final = "give the same command again"
_BYTES_PER_MB: Final = 1e6


class WriteError(HostFault):
    """A file can't be written; what stood in its place before stands as it was."""

    exit_code = ExitCode.USAGE


def replace_files(files: Mapping[Path, bytes], *, again: str = _SAME_COMMAND) -> None:
    """Put these files in their places, each as a whole; where the disk has no room for all of them, none.

    What is no regular file, such as `/dev/stdout`, is written to as it is. A link stays; what it leads to is replaced.

    Args:
        files: What each is to hold.
        again: What to do once the cause is gone, as a command or in words; it becomes part of the hint.

    Raises:
        WriteError: naming the file, the cause, and how much room is lacking.
    """
    room = sum(map(len, files.values()))
    drafts: dict[Path, Path] = {}
    held = ExitStack()
    file = next(iter(files), Path())
    try:
        for file, data in files.items():
            if _is_special(file):
                file.write_bytes(data)
                continue
            place = file.resolve()
            drafts[place] = place.with_name(f".{uuid4().hex}.new")
            descriptor = _begun_draft(drafts[place])
            held.callback(os.close, descriptor)
            _write_draft(descriptor, data, like=place)
        folders = {place.parent for place in drafts}
        for file, draft in list(drafts.items()):
            draft.replace(file)
            del drafts[file]
        for folder in folders:
            _keep_names(folder)
    except OSError as error:
        raise write_error(file, error, room, again) from error
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        held.close()


def remove_left_drafts(folder: Path) -> None:
    """Remove the drafts in a folder that killed writers have left; those of living ones stay, and so does all else."""
    with suppress(OSError):
        for draft in [each for each in folder.iterdir() if _DRAFT.fullmatch(each.name)]:
            with suppress(OSError):
                _remove_if_left(draft)


def _remove_if_left(draft: Path) -> None:
    descriptor = os.open(draft, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        draft.unlink()
    finally:
        os.close(descriptor)


def append_whole(descriptor: int, data: bytes, file: Path, *, again: str = _SAME_COMMAND) -> None:
    """Add all of `data` at the end of an open file, or nothing of it, and wait for the disk.

    Args:
        descriptor: Of the file, opened with `O_APPEND`. Whoever appends at the same time waits until it is done.
        data: Whole lines.
        file: Its name, for the error.
        again: As for `replace_files`.

    Ctrl-C takes back what is written in part, and leaves what is written whole, even if the disk was still awaited.

    Raises:
        WriteError: The file ends as it did before.
    """
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    size = os.fstat(descriptor).st_size
    try:
        written = os.write(descriptor, data)
        while written < len(data):
            # A disk that fills up takes a part first and says why only when asked again.
            written += os.write(descriptor, data[written:])
        _await_disk(descriptor)
    except BaseException as error:
        with suppress(OSError):
            if isinstance(error, OSError) or os.fstat(descriptor).st_size != size + len(data):
                os.ftruncate(descriptor, size)
        if isinstance(error, OSError):
            raise write_error(file, error, len(data), again) from error
        raise
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def append_to(file: Path, data: bytes, *, again: str = _SAME_COMMAND) -> None:
    """The same for a file that is not open yet; it is made where it is missing, and so is its folder.

    Raises:
        WriteError: The file is as it was.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError as error:
        raise write_error(file, error, len(data), again) from error
    try:
        append_whole(descriptor, data, file, again=again)
    finally:
        os.close(descriptor)


@contextmanager
def told(place: Path, *, again: str = _SAME_COMMAND) -> Iterator[None]:
    """Tell what the kernel refuses while folders are made or removed, or passing files written, below `place`.

    Raises:
        WriteError: naming what was refused, and why.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None:  # it is not the kernel that raised it
            raise
        refused = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else place
        raise write_error(refused, error, again=again) from error


def _is_special(file: Path) -> bool:
    """Whether it is a device, a pipe or the like, which has to stay what it is."""
    if file.absolute().is_relative_to("/dev"):
        return True  # /dev/stdout may lead to a regular file: it is another process that has it open.
    with suppress(OSError):
        mode = file.stat().st_mode
        return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)
    return False


def _begun_draft(draft: Path) -> int:
    """A new file, which is locked while its descriptor is open; where the disk knows no locks, nobody else has one."""
    while True:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.path.lexists(draft):
            return descriptor
        os.close(descriptor)  # Somebody took it for a left one before it was locked.


def _write_draft(descriptor: int, data: bytes, *, like: Path) -> None:
    """Fill a file, which gets the rights of the one whose place it will take, if there is one."""
    with os.fdopen(descriptor, "wb", closefd=False) as stream:
        if like.exists():
            os.fchmod(descriptor, stat.S_IMODE(like.stat().st_mode))
        stream.write(data)
        stream.flush()
        _await_disk(descriptor)


def _keep_names(folder: Path) -> None:
    """The new names must outlive a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _await_disk(descriptor)
    finally:
        os.close(descriptor)


def _await_disk(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NOTHING_TO_AWAIT:
            raise


def write_error(file: Path, error: OSError, room: int = 0, again: str = _SAME_COMMAND) -> WriteError:
    """What the kernel said of a file, for whoever has to free `room` bytes or to choose another place."""
    what = f"cannot write {file}: {error.strerror}"
    if error.errno in _NO_ROOM:
        free = _free_bytes(file.parent)
        if free is not None and free < room:
            what += f"; {_size(room)} are needed and {_size(free)} are free: {_size(room - free)} are lacking"
        elif room:
            what += f"; {_size(room)} are needed"
    if error.errno not in OF_THE_DISK:
        return WriteError(what, hint=f"check its path and your rights to it, then {again}")
    told = WriteError(what, hint=f"what was there before stands; free some room on that disk, then {again}")
    told.exit_code = ExitCode.INCOMPLETE
    return told


def _free_bytes(folder: Path) -> int | None:
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize


def _size(count: int) -> str:
    return f"{count / _BYTES_PER_MB:,.2f} MB" if count >= 10_000 else f"{count:,} bytes"  # noqa: PLR2004
