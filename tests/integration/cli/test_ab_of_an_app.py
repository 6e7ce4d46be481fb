"""`bench ab` with the name of an app where it takes that of a commit."""

import subprocess
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Bench, MakeApp

WITH = "--python PYTHON, --env NAME=VALUE or --with REQUIREMENT to `bench ab {0}`, or compare it with a commit's: "
LIKE_THAT = f"add --variant V --variant V, {WITH}`bench ab REF --app {{0}}`"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("one", ("no commit is named 'one'; 'one' is an app", LIKE_THAT.format("one"))),
        ("one_app", ("no commit is named 'one_app'; 'one_app' is an app", LIKE_THAT.format("one"))),
        ("one/default", ("no commit is named 'one/default'; 'one/default' is an app", "add --python PYTHON, --env")),
        ("onee", ("no commit is named 'onee'", "is 'one' meant? ")),
        ("nosuch", ("no commit is named 'nosuch'", "`git log --oneline`")),
    ],
)
def test_the_error_tells_how_an_app_is_compared_with_itself(
    bench: Bench, make_app: MakeApp, tmp_path: Path, named: str, said: tuple[str, str]
) -> None:
    make_app("one")
    subprocess.run(("git", "init", "--quiet"), cwd=tmp_path, check=True)
    error, hint = bench("ab", named).stderr.splitlines()
    assert error == f"error: {said[0]}"
    assert hint.startswith(f"hint: {said[1]}")


def test_an_app_that_is_in_no_repository_is_told_the_same_and_none_that_was_not_named(
    bench: Bench, make_app: MakeApp
) -> None:
    make_app("one")
    make_app("another")
    done = bench("ab", "one", GIT_CEILING_DIRECTORIES="/")
    assert done.returncode == 2
    assert "no commit is named 'one'; 'one' is an app" in done.stderr
    assert LIKE_THAT.format("one") in done.stderr
    assert "another" not in done.stderr
