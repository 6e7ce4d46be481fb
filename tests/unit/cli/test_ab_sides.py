"""What `bench ab` compares is one difference of one app, and is said once."""

from pathlib import Path

import pytest

from harness.model.errors import ExitCode
from tests.saying import say

APPS = ("--apps-dir", str(Path(__file__).parents[3] / "apps"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("flask", "--with", "flask<3", "--env", "A=1"), "--with and --env are two differences"),
        (("flask", "--python", "3.13", "--env", "A=1"), "--python and --env are two differences"),
        (("flask", "--python", "3.12", "--python", "3.13", "--python", "3.14"), "--python is given more than twice"),
        (("main", "--app", "flask", "--env", "A=1"), "with --env, name the app itself"),
        (("flask", "--env", "A"), "--env A: no value is given"),
        (("flask", "--python", "2.3"), "--python 2.3: "),
        (("flask", "--variant", "default", "--variant", "nosuch"), "app 'flask' has no variant 'nosuch'"),
        (("flask", "--with", "./nosuch"), "--with ./nosuch: there is no such folder or wheel"),
        (("flask@3.13",), "is flask meant, and 3.13? `bench ab flask --python 3.13` compares it with itself"),
        (("flask@v1/default",), "`bench ab v1 --app flask/default` compares it with itself"),
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
