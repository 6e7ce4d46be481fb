"""What the kernel refuses is told as the host's doing, and everything else is left a bug."""

import errno
import os
import resource
import subprocess
import sys
import threading

import pytest

from harness.host import allowances
from harness.host.allowances import LimitWatch, processes_left, refusal, refused_by_log
from tests.odd_hosts import PROJECT, in_control_group


@pytest.mark.parametrize(
    ("error", "code", "named"),
    [
        (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), 4, "ulimit -n"),
        (OSError(errno.EMFILE, os.strerror(errno.EMFILE), "/some/file"), 4, "ulimit -n"),
        (OSError(errno.ENFILE, os.strerror(errno.ENFILE)), 4, "fs.file-max"),
        (BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)), 4, "ulimit -u"),
        (RuntimeError("can't start new thread"), 4, "ulimit -u"),
        (OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)), 4, "--memory"),
        (MemoryError(), 4, "--memory"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/some/file"), 4, "free some room"),
        (OSError(errno.EROFS, os.strerror(errno.EROFS), "/some/file"), 2, "--apps-dir"),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES), b"/some/file"), 2, "your rights"),
    ],
    ids=repr,
)
def test_a_refusal_is_told_with_what_allows_more(error: BaseException, code: int, named: str) -> None:
    told = refusal(error)
    assert told is not None
    assert told.exit_code == code
    assert named in told.hint
    file = getattr(error, "filename", None)
    assert not file or error.errno == errno.EMFILE or "/some/file" in told.what


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("dictionary changed size during iteration"),
        FileNotFoundError(errno.ENOENT, "No such file or directory", "/some/file"),
        BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable", "/some/file"),
        OSError("no number"),
        ValueError("can't start new thread"),
    ],
    ids=repr,
)
def test_a_bug_stays_a_bug(error: BaseException) -> None:
    assert refusal(error) is None


def test_processes_are_counted_by_starting_them_and_none_stays() -> None:
    before = threading.active_count(), threading.stack_size()
    assert processes_left(70) == 70
    assert (threading.active_count(), threading.stack_size()) == before


def test_what_a_control_group_refuses_is_counted_and_noticed() -> None:
    script = (
        "from harness.host.allowances import LimitWatch, processes_left, refused_by_log; watch = LimitWatch(); "
        "print(watch.met()); left = processes_left(90); print(0 < left < 40, watch.met().what); "
        "print(refused_by_log('BlockingIOError: Resource temporarily unavailable').exit_code, refused_by_log('else'))"
    )
    with in_control_group(pids=40) as host:
        done = subprocess.run(
            (*host, sys.executable, "-c", script), cwd=PROJECT, capture_output=True, text=True, check=True
        )
    assert done.stdout.splitlines() == [
        "None",
        "True this control group got no more processes or threads, whose limit is 40",
        "4 None",
    ]


def test_where_there_is_enough_last_words_alone_prove_nothing() -> None:
    assert refused_by_log("RuntimeError: can't start new thread") is None
    assert LimitWatch().met() is None


def test_a_shell_s_limit_of_open_files_is_raised_to_what_it_could_be(monkeypatch: pytest.MonkeyPatch) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
        allowances.use_all_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (allowances.open_files(), hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert allowances.open_files() == 65_536
