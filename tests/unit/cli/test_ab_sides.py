"""What `bench ab` compares is one difference of one app, and is said once."""

import shlex
from pathlib import Path

import pytest

from harness.cli.main import bench
from harness.model.errors import ExitCode
from tests.saying import say

APPS = ("--apps-dir", str(Path(__file__).parents[3] / "apps"))
HERE = shlex.join(APPS)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("flask", "--with", "flask<3", "--env", "A=1"), "--with and --env are two differences"),
        (("flask", "--python", "3.13", "--env", "A=1"), "--python and --env are two differences"),
        (("flask", "--python", "3.12", "--python", "3.13", "--python", "3.14"), "--python is given more than twice"),
        (
            ("main", "--app", "flask", "--env", "A=1"),
            f"with --env, name the app itself and no commit\nhint: add --env to `bench ab flask {HERE}`",
        ),
        (("flask", "--env", "A"), "--env A: no value is given"),
        (("flask", "--python", "2.3"), "--python 2.3: "),
        (("flask", "--variant", "default", "--variant", "nosuch"), "app 'flask' has no variant 'nosuch'"),
        (("flask", "--with", "./nosuch"), "--with ./nosuch: there is no such folder or wheel"),
        (
            ("flask@3.13",),
            f"is flask meant, and 3.13? `bench ab flask --python 3.13 {HERE}` compares it with itself",
        ),
        (
            ("flask@v1/default",),
            f"`bench ab v1 --app flask/default {HERE}` compares it with itself",
        ),
        (("flask", "--python", "3.12,3.13"), "give the option once for each: --python 3.12 --python 3.13"),
        (("flask@3.13", "--env", "A=1"), "name flask, and add --python 3.13"),
    ],
)
def test_what_can_not_be_compared_is_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCH_RUNTIME", "process")
    said = say("ab", *words, *APPS)
    assert said.code == ExitCode.USAGE
    assert told in said.err
    assert not (tmp_path / "reports").exists()


WAYS = ("--variant V --variant V", "--python PYTHON", "--env NAME=VALUE", "--with REQUIREMENT")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "'flask' is an app\n"),
        (("--variant", "default"), "'flask' is an app, and --variant is given once: A and B take two\n"),
        (("--variant", "a", "--variant", "b", "--variant", "c"), "and --variant is given 3 times: A and B take two\n"),
    ],
)
def test_an_app_alone_is_told_all_ways_to_compare_it_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCH_RUNTIME", "process")
    told = say("ab", "flask", *given, *APPS)
    assert told.code == ExitCode.USAGE
    assert said in told.err
    (hint,) = (line for line in told.err.splitlines() if line.startswith("hint: "))
    assert all(way in hint for way in WAYS)
    for words in (("flask",), ("REF", "--app", "flask")):
        assert f"`{shlex.join(('bench', 'ab', *words, *APPS))}`" in hint


@pytest.mark.parametrize("number", range(len(WAYS)))
def test_each_way_that_is_told_is_one(number: int) -> None:
    asked = bench.commands["ab"].make_context("ab", ["flask", *WAYS[number].split()]).params
    given = {name for name in ("variants", "pythons", "variables", "requirements") if asked[name]}
    assert given == {("variants", "pythons", "variables", "requirements")[number]}


def test_an_app_that_is_not_here_may_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCH_RUNTIME", "process")
    told = say("ab", "nosuch-app", *APPS)
    assert "no commit is named 'nosuch-app'\n" in told.err
    assert "an app that lies elsewhere is found by --apps-dir FOLDER\n" in told.err
