"""git, asked by the harness: the folder alone says which repository is meant."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.host.git import Git, environment
from harness.model.errors import GitError

LOCAL = subprocess.run(
    ("git", "rev-parse", "--local-env-vars"), capture_output=True, text=True, check=True
).stdout.split()
"""What the installed git says is of one repository or one command."""

REDIRECTING = (
    *LOCAL,
    "GIT_NAMESPACE",
    "GIT_QUARANTINE_PATH",
    "GIT_CONFIG_KEY_0",
    "GIT_CONFIG_VALUE_0",
    "GIT_LITERAL_PATHSPECS",
    "GIT_ATTR_SOURCE",
    "GIT_AUTHOR_DATE",
    "GIT_TRACE_CURL",
    "GIT_OF_THE_YEAR_2040",
)

REACHING = (
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "GIT_ASKPASS",
    "GIT_PROXY_COMMAND",
    "GIT_CONFIG_GLOBAL",
    "GIT_CEILING_DIRECTORIES",
    "SSH_AUTH_SOCK",
)


def make(folder: Path) -> Path:
    folder.mkdir(parents=True)
    Git(folder)("init", "--quiet")
    return folder


@given(st.sets(st.sampled_from(REDIRECTING)), st.sets(st.sampled_from(REACHING)))
def test_what_redirects_one_command_is_dropped_and_what_reaches_remotes_is_kept(
    redirecting: set[str], reaching: set[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in (*REDIRECTING, *REACHING):
            patch.delenv(name, raising=False)
        for name in redirecting | reaching:
            patch.setenv(name, "/elsewhere")
        passed = environment()
        assert not redirecting & passed.keys()
        assert reaching <= passed.keys()
        assert passed["PATH"] == os.environ["PATH"]


def test_the_folder_says_which_repository_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meant, other = make(tmp_path / "meant"), make(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert Git(meant)("rev-parse", "--show-toplevel") == str(meant)


def test_settings_of_one_command_reach_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "remote.origin.url")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "/elsewhere")
    with pytest.raises(GitError):
        Git(make(tmp_path / "meant"))("remote", "get-url", "origin")


def test_asking_for_the_status_writes_no_index_and_starts_nothing(tmp_path: Path) -> None:
    folder = make(tmp_path / "meant")
    git = Git(folder)
    (folder / "file").write_text("text")
    git("add", "file")
    for name, program in (("core.fsmonitor", "watcher"), ("core.hooksPath", ".")):
        git("config", name, f"{folder}/{program}")
    for program in ("watcher", "post-index-change"):
        (folder / program).write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
        (folder / program).chmod(0o755)
    index = folder / ".git" / "index"
    before = index.read_bytes()
    os.utime(folder / "file", (1, 1))  # its entry is out of date, which a plain `git status` mends
    git("status", "--porcelain")
    assert index.read_bytes() == before
    assert not (tmp_path / "started").exists()


def test_bytes_that_are_no_text_come_back_as_those_of_file_names_do(tmp_path: Path) -> None:
    folder = make(tmp_path / os.fsdecode(b"caf\xe9"))
    (folder / os.fsdecode(b"na\xefve")).write_text("")
    assert Path(Git(folder)("rev-parse", "--show-toplevel")) == folder
    assert Git(folder)("ls-files", "-z", "--others") == os.fsdecode(b"na\xefve\0")
    with pytest.raises(GitError, match=r"caf\\xe9"):
        Git(folder)("ls-remote", os.fsdecode(b"/caf\xe9"))


@pytest.mark.fault(
    where="git",
    what="Git is missing, refuses, or does not end",
    happens="One error each, in git's own words where it said any.",
    lost="Nothing",
    exit_code=2,
)
def test_what_keeps_git_from_answering_is_one_error_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = Git(make(tmp_path / "meant"))
    with pytest.raises(GitError, match="`git rev-parse` failed: fatal: Needed a single revision"):
        git("rev-parse", "--verify", "nosuch")
    with pytest.raises(GitError, match=r"https://me:\*\*\*@") as caught:
        git("ls-remote", "https://me:secret@127.0.0.1:1/x.git/%zz\n:")
    assert "secret" not in str(caught.value)
    os.mkfifo(git.folder / "pipe")  # nobody writes into it
    with pytest.raises(GitError, match=r"`git hash-object` did not end within 0\.5 s"):
        Git(git.folder, patience_s=0.5)("hash-object", "--no-filters", "pipe")
    with pytest.raises(GitError, match="there is no folder"):
        Git(tmp_path / "gone")("status")
    with pytest.raises(GitError, match="can't be started: Argument list too long") as crowded:
        git("status", "--", "a" * 1_000_000)
    assert crowded.value.hint.startswith("mend what the host lacks")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="can't be started") as missing:
        git("status")
    assert missing.value.hint == "install git"
