"""Files are whole or not there, wherever the disk ends."""

import errno
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.model.errors import ExitCode
from harness.writing import WriteError, append_to, replace_files, told, write_error

STEP = 4_096
NEW = {"index.html": b"new page " * 5_000, "data.csv": b"1,2,3\n" * 500, "digest.json": b"{}"}


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """The kernel takes what fits and refuses the rest, as it does on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_wherever_the_disk_ends_all_earlier_files_stand_whole_and_nothing_lies_beside_them(tmp_path: Path) -> None:
    earlier = {name: b"earlier " + data[::-1] for name, data in NEW.items()}
    replace_files({tmp_path / name: data for name, data in earlier.items()})
    new = {tmp_path / name: data for name, data in NEW.items()}
    cuts = range(0, len(NEW["index.html"]), STEP)
    for cut in cuts:
        with no_file_beyond(cut), pytest.raises(WriteError, match=r"cannot write .*index\.html") as raised:
            replace_files(new, again="give `bench report`")
        assert contents(tmp_path) == earlier
        assert raised.value.exit_code is ExitCode.INCOMPLETE
        assert "give `bench report`" in raised.value.hint
    assert len(cuts) > 10
    replace_files(new)
    assert contents(tmp_path) == NEW


def test_wherever_the_disk_ends_a_file_that_grows_ends_with_a_whole_line(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    append_to(file, b'{"run": 1}\n')
    before = file.read_bytes()
    line = b'{"run": 2, "long": "' + b"x" * 20_000 + b'"}\n'
    for cut in range(len(before), len(line), STEP):
        with no_file_beyond(cut), pytest.raises(WriteError, match=r"history\.jsonl"):
            append_to(file, line)
        assert file.read_bytes() == before
    append_to(file, line)
    assert file.read_bytes() == before + line


def test_how_much_room_is_lacking_is_said(tmp_path: Path) -> None:
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    told = write_error(tmp_path / "a", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), free + 5_000_000)
    assert "No space left on device" in told.what
    assert "MB are lacking" in told.what


def test_a_file_keeps_its_rights_and_a_link_what_it_leads_to(tmp_path: Path) -> None:
    real, link = tmp_path / "real.html", tmp_path / "link.html"
    real.write_bytes(b"earlier")
    real.chmod(0o640)
    link.symlink_to(real)
    replace_files({link: b"new"})
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_what_is_no_regular_file_stays_what_it_is(tmp_path: Path) -> None:
    """Whoever writes a page to /dev/stdout or /dev/null must not find a file in its place."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        replace_files({pipe: b"new"})
        assert os.read(reader, 10) == b"new"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("place", ["missing/index.html", "folder"])
def test_a_place_that_can_not_be_written_to_is_the_user_s_to_mend(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(WriteError) as raised:
        replace_files({tmp_path / place: b"new"})
    assert place in raised.value.what
    assert raised.value.exit_code is ExitCode.USAGE
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize(("taken", "left"), [(5, b"earlier\n"), (None, b"earlier\nlater\n")])
def test_ctrl_c_leaves_a_line_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int | None, left: bytes
) -> None:
    """It comes when the call that writes returns: the kernel has taken a part of the line, or all of it."""
    file = tmp_path / "windows.jsonl"
    append_to(file, b"earlier\n")
    write = os.write

    def interrupted(descriptor: int, data: bytes) -> int:
        write(descriptor, data[:taken])
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        append_to(file, b"later\n")
    assert file.read_bytes() == left


def test_what_the_kernel_refuses_in_a_folder_is_told_with_what_was_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match=r"cannot write .*/file/below: Not a directory"), told(tmp_path):
        (tmp_path / "file" / "below").mkdir()
    with pytest.raises(TimeoutError), told(tmp_path):
        raise TimeoutError
