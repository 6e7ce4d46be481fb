"""Checkouts that can't be written to, and disks that fill up while a run is kept."""

import subprocess
from contextlib import chdir
from pathlib import Path

import pytest

from tests import warm
from tests.integration.ci.users import User, make_user
from tests.odd_hosts import Words, standing, with_mounts
from tests.saying import say


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return make_user(tmp_path)


def bench_on(words: Words, user: User, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Where what these words make of the host holds."""
    with standing(words) as host:
        return warm.bench(user.code, *arguments, host=host)


def tmpfs(size: str, place: Path) -> Words:
    place.mkdir(parents=True, exist_ok=True)
    return with_mounts(("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)))


def told_once(done: subprocess.CompletedProcess[str], *, code: int, what: str) -> None:
    assert what in done.stderr
    beginnings = [line.partition(": ")[0] for line in done.stderr.splitlines()]
    assert beginnings.count("error") == beginnings.count("hint") == 1
    assert "Traceback" not in done.stderr
    assert done.returncode == code


@pytest.mark.fault(
    where="disk",
    what="The checkout can't be written to",
    happens="One error names what could not be written.",
    lost="Nothing has begun",
    exit_code=2,
)
@pytest.mark.parametrize(
    "arguments", [("ci", "--run", "{run}"), ("ab", "HEAD"), ("run", "--runtime", "process"), ("verify",)]
)
def test_a_read_only_checkout_is_told_in_one_error(user: User, arguments: tuple[str, ...]) -> None:
    code = str(user.code)
    words = with_mounts(("mount", "--bind", code, code), ("mount", "-o", "remount,bind,ro", code))
    done = bench_on(words, user, *(word.format(run=user.run) for word in arguments))
    told_once(done, code=2, what="Read-only file system")
    assert set(user.refs()) == {"refs/heads/main"}


@pytest.mark.fault(
    where="disk",
    what="It is full while `bench ci` adds a run to the data branch",
    happens="One error says so, and nothing is pushed; with room, the same command keeps the run.",
    lost="Nothing",
    exit_code=4,
)
@pytest.mark.parametrize("size", ["12k", "64k", "300k", "360k"])
def test_a_disk_that_is_full_keeps_nothing_and_costs_nothing(user: User, size: str) -> None:
    done = bench_on(tmpfs(size, user.code / ".bench"), user, "ci", "--run", str(user.run))
    told_once(done, code=4, what="room on that disk, then")
    assert "kept" not in done.stderr
    assert not (user.remote / "refs" / "heads" / "bench-data").exists()
    with chdir(user.code):
        again = say("ci", "--run", str(user.run))
    assert again.code == 0, again.err
    assert user.names() == [user.run.name]


@pytest.mark.fault(
    where="disk",
    what="It is full when `bench ci` writes what is to be told",
    happens="The run is kept, which is said; so is what can't be written.",
    lost="The files in `reports/ci`",
    exit_code=4,
)
def test_a_run_that_is_kept_is_said_to_be_where_nothing_more_can_be_written(user: User) -> None:
    done = bench_on(tmpfs("64k", user.code / "reports" / "ci"), user, "ci", "--run", str(user.run))
    told_once(done, code=4, what="No space left on device")
    assert "kept on branch bench-data of origin" in done.stderr
    assert "the run is kept there" in done.stderr
    assert user.names() == [user.run.name]
