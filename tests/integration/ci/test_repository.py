"""The data branch out of repositories, and at remotes, of all kinds."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli.main import bench
from harness.model.errors import DataBranchError, GitError, UsageError
from tests.integration.ci.users import (
    RUN,
    User,
    excluded,
    git,
    global_attributes,
    global_ignore,
    make_user,
    misleading,
    unmounted,
)


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    """Whose commands the test gives from now on, in the folder of the code."""
    for name in (*misleading(User(tmp_path)), "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.delenv(name, raising=False)
    user = make_user(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(user.settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(user.code)
    return user


def keep(run: Path, *options: str) -> None:
    assert bench.main(("ci", "--run", str(run), *options), standalone_mode=False) == 0


@pytest.mark.fault(
    where="git",
    what="A linked worktree of the user's is on a disk that is away",
    happens="It stays registered, with what is staged in it.",
    lost="Nothing",
    exit_code=0,
)
def test_a_worktree_whose_disk_is_away_stays_registered(user: User) -> None:
    unmounted(user)
    staged = (user.code / ".git" / "worktrees" / "away" / "index").read_bytes()
    keep(user.run)
    assert f"{user.home}/away" in git(user.code, "worktree", "list", "--porcelain")
    assert (user.code / ".git" / "worktrees" / "away" / "index").read_bytes() == staged


@pytest.mark.fault(
    where="git",
    what="The user's git ignores, or converts, files such as the data branch has",
    happens="All of them are kept, byte for byte.",
    lost="Nothing",
    exit_code=0,
)
@pytest.mark.parametrize("state", [excluded, global_ignore, global_attributes])
def test_what_the_user_ignores_or_converts_is_kept_all_the_same(user: User, state: Callable[[User], None]) -> None:
    state(user)
    keep(user.run)
    for name in ("index.html", "summary.md"):
        assert user.kept(f"reports/{RUN}/{name}") == (user.run / name).read_bytes()
    first = user.kept("history.jsonl")
    later = user.another_run()
    keep(later)
    assert user.names() == [RUN, later.name]
    assert user.kept("history.jsonl").startswith(first)
    assert user.kept("history.jsonl") != first


def test_what_others_put_on_the_branch_stays_as_it_is_and_changes_nothing(user: User) -> None:
    keep(user.run)
    theirs = user.home / "theirs"
    git(user.home, "clone", "--quiet", "--branch=bench-data", str(user.remote), str(theirs))
    (theirs / ".gitattributes").write_text("* text eol=crlf ident\n*.jsonl export-ignore\n")
    (theirs / "notes.txt").write_bytes(b"one\r\ntwo\n")
    (theirs / os.fsdecode(b"caf\xe9")).write_bytes(b"\0")
    (theirs / "reports" / "two\nlines").write_text("$Id$")
    (theirs / "program").write_text("#!/bin/sh\n")
    (theirs / "program").chmod(0o755)
    (theirs / "link").symlink_to("/nowhere")
    git(theirs, "-c", "core.safecrlf=false", "add", "--all")
    git(theirs, "commit", "--quiet", "--message", "theirs")
    git(theirs, "push", "--quiet")
    before = set(git(user.remote, "ls-tree", "-r", "-z", "bench-data").split("\0"))
    keep(user.another_run())
    after = set(git(user.remote, "ls-tree", "-r", "-z", "bench-data").split("\0"))
    assert {entry.partition("\t")[2] for entry in before - after} == {"history.jsonl", "runs.jsonl"}
    assert b"\r" not in user.kept("history.jsonl")
    assert len(user.names()) == 2


@pytest.mark.fault(
    where="git",
    what="The remote takes the push and does not keep it",
    happens="It is read back and told; the run is not said to be kept, and `bench ci --run` keeps it later.",
    lost="Nothing",
    exit_code=2,
)
def test_what_the_remote_drops_is_not_said_to_be_kept(user: User, capsys: pytest.CaptureFixture[str]) -> None:
    keep(user.run)
    before = git(user.remote, "rev-parse", "bench-data")
    hook = user.remote / "hooks" / "post-receive"
    hook.write_text(f"#!/bin/sh\ngit update-ref refs/heads/bench-data {before}\n")
    hook.chmod(0o755)
    capsys.readouterr()
    with pytest.raises(DataBranchError, match=r"does not hold run 20261123T025642Z"):
        keep(user.another_run())
    assert "kept" not in capsys.readouterr().err
    hook.unlink()
    keep(user.home / "20261123T025642Z-smoke-00000000")
    assert len(user.names()) == 2


def test_how_the_remote_is_reached_may_stand_in_a_file_that_the_repository_includes(user: User) -> None:
    """As where a CI service keeps its token."""
    git(user.code, "remote", "set-url", "origin", "nowhere:remote.git")
    (user.home / "token").write_text(f'[url "{user.home}/"]\n\tinsteadOf = nowhere:\n')
    git(user.code, "config", f"includeIf.gitdir:{user.code}/.git.path", str(user.home / "token"))
    keep(user.run)
    assert user.names() == [RUN]


def test_settings_of_the_repository_s_own_remote_are_used_and_those_of_a_mirror_are_not(user: User) -> None:
    git(user.home, "clone", "--quiet", "--bare", str(user.remote), "fork.git")
    git(user.code, "config", "remote.origin.pushurl", "../fork.git")
    git(user.code, "config", "remote.origin.mirror", "true")
    with pytest.raises(DataBranchError, match="does not hold run"):  # it is read where it is fetched from
        keep(user.run)
    assert git(user.home / "fork.git", "for-each-ref", "--format=%(refname)").splitlines() == [
        "refs/heads/bench-data",
        "refs/heads/main",
    ]


@pytest.mark.parametrize("remote", ["../remote.git", "file://{remote}", "{remote}"])
def test_a_remote_may_be_an_address(user: User, remote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(user.code / "apps")  # a relative one is meant from the top, as git means it
    keep(user.run, "--remote", remote.format(remote=user.remote))
    assert user.names() == [RUN]


def linked(user: User) -> Path:
    git(user.code, "worktree", "add", "--quiet", "--detach", str(user.home / "linked"))
    return user.home / "linked"


def submodule(user: User) -> Path:
    git(user.other, "-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(user.code), "inner")
    git(user.other / "inner", "remote", "set-url", "origin", str(user.remote))
    return user.other / "inner"


def bare(user: User) -> Path:
    git(user.home, "clone", "--quiet", "--bare", str(user.remote), "bare.git")
    git(user.home / "bare.git", "remote", "set-url", "origin", "../remote.git")
    return user.home / "bare.git"


def in_latin_1(user: User) -> Path:
    return user.code.rename(user.home / os.fsdecode(b"caf\xe9"))


def without_commits(user: User) -> Path:
    git(user.home, "init", "--quiet", "new")
    git(user.home / "new", "remote", "add", "origin", "../remote.git")
    return user.home / "new"


def named_across_lines(user: User) -> Path:
    return user.code.rename(user.home / "two\nlines")


@pytest.mark.parametrize("place", [linked, submodule, bare, in_latin_1, without_commits, named_across_lines])
def test_any_kind_of_repository_will_do(
    user: User, monkeypatch: pytest.MonkeyPatch, place: Callable[[User], Path]
) -> None:
    monkeypatch.chdir(place(user))
    keep(user.run)
    assert user.names() == [RUN]


def test_a_repository_with_other_hashes_has_its_data_branch_too(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(user.remote)
    git(user.home, "init", "--quiet", "--bare", "--object-format=sha256", str(user.remote))
    git(user.home, "init", "--quiet", "--object-format=sha256", "new")
    git(user.home / "new", "remote", "add", "origin", "../remote.git")
    monkeypatch.chdir(user.home / "new")
    keep(user.run)
    keep(user.another_run())
    assert len(user.names()) == 2


def test_a_remote_that_is_itself_shallow_is_added_to(user: User) -> None:
    keep(user.run)
    git(user.home, "clone", "--quiet", "--bare", "--depth=1", "--branch=bench-data", f"file://{user.remote}", "shallow")
    git(user.code, "remote", "set-url", "origin", "../shallow")
    keep(user.another_run())
    assert git(user.home / "shallow", "rev-list", "--count", "bench-data") == "2"


@pytest.mark.parametrize(
    ("settings", "variables", "author"),
    [
        ({}, {}, "framework-referee <framework-referee@localhost>"),
        ({"user.name": "Ada", "user.email": "ada@a.b"}, {}, "Ada <ada@a.b>"),
        ({}, {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@a.b"}, "framework-referee <framework-referee@"),
        ({"user.name": "A", "user.email": "a@a.b"}, {"GIT_AUTHOR_NAME": "Ada"}, "Ada <a@a.b>"),
    ],
)
def test_it_is_committed_in_the_name_of_whom_git_knows(
    user: User,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    variables: dict[str, str],
    author: str,
) -> None:
    user.configure("user.useConfigOnly", "true")  # git makes up no address from the name of the host
    for name, value in settings.items():
        git(user.code, "config", name, value)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    keep(user.run)
    assert git(user.remote, "log", "-1", "--format=%an <%ae>", "bench-data").startswith(author)


@pytest.mark.parametrize("name", ["", "two words", "end.lock", "a..b", "/", "star*"])
def test_a_name_that_no_branch_can_have_is_refused_before_anything_is_measured(user: User, name: str) -> None:
    with pytest.raises(UsageError, match="no branch can be named"):
        bench.main(("ci", f"--branch={name}", "--", "--app", "no such app"), standalone_mode=False)
    assert user.refs().keys() == {"refs/heads/main"}


def test_a_folder_in_no_repository_is_said_to_be_in_none(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(user.home)
    with pytest.raises(GitError, match="not a git repository"):
        keep(user.run)


def test_where_settings_of_a_variable_would_be_needed_it_is_said_where_to_have_them(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"COUNT": "1", "KEY_0": f"url.{user.remote}.insteadOf", "VALUE_0": "nowhere:"}
    git(user.code, "remote", "set-url", "origin", "nowhere:")
    for name, value in settings.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    with pytest.raises(GitError, match="git ls-remote") as caught:
        keep(user.run)
    assert "what GIT_CONFIG_COUNT sets does not count here" in caught.value.hint
    user.configure(settings["KEY_0"], settings["VALUE_0"])
    keep(user.run)
    assert user.names() == [RUN]


def test_a_password_in_an_address_is_shown_nowhere(user: User, capfd: pytest.CaptureFixture[str]) -> None:
    user.configure(f"url.{user.remote}.insteadOf", "https://me:secret@a.b/remote.git")
    keep(user.run, "--remote", "https://me:secret@a.b/remote.git")
    told = capfd.readouterr()
    assert "kept on branch bench-data of https://me:***@a.b/remote.git" in told.err
    with pytest.raises(GitError) as caught:
        keep(user.run, "--remote", "https://me:secret@127.0.0.1:1/remote.git")
    for text in (told.out, told.err, str(caught.value)):
        assert "secret" not in text


@pytest.mark.parametrize("name", [b"caf\xe9", b"two\nlines"])
def test_a_run_s_folder_whose_name_is_no_text_is_refused(user: User, name: bytes) -> None:
    with pytest.raises(UsageError, match="the run's folder has a name that is no text in one line"):
        keep(user.run.rename(user.home / os.fsdecode(name)))


def test_a_run_may_be_named_by_the_folder_one_is_in(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shutil.copytree(user.run, user.code / "reports" / RUN))
    keep(Path())
    assert user.names() == [RUN]


def test_two_runs_in_folders_of_one_name_can_t_both_be_kept(user: User) -> None:
    keep(user.run)
    shutil.rmtree(user.run)
    user.another_run().rename(user.run)
    with pytest.raises(UsageError, match=f"has another run whose folder has the name {RUN}"):
        keep(user.run)


def test_a_digest_of_another_version_is_named_in_the_list_of_runs(user: User) -> None:
    keep(user.run)
    theirs = user.home / "theirs"
    git(user.home, "clone", "--quiet", "--branch=bench-data", str(user.remote), str(theirs))
    (theirs / "reports" / RUN / "digest.json").write_text('{"of": "another version"}')
    git(theirs, "commit", "--quiet", "--all", "--message", "theirs")
    git(theirs, "push", "--quiet")
    later = user.another_run()
    keep(later)
    index = (user.code / "reports" / "ci" / "site" / "index.html").read_text()
    assert f"href={later.name}/index.html>" in index
    assert "its digest.json is of another version" in index


def test_nothing_is_left_in_the_state_folder(user: User) -> None:
    keep(user.run)
    assert [path for path in (user.code / ".bench").rglob("*") if path.is_file()] == []
    assert subprocess.run(("git", "status", "--porcelain"), capture_output=True, check=True).stdout == b""
