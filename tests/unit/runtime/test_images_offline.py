"""`make images-offline`: stand-ins for base images, of the interpreters too that Debian's next release has."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

SCRIPT: Final = Path("harness/runtime/images/offline.sh").resolve()
USUAL: Final = ("debian:trixie-slim", "python:3.13-slim-trixie", "postgres:18-trixie")
DOCKER: Final = r"""#!/bin/bash
case "$1 $2" in
"image inspect") grep --quiet --line-regexp --fixed-strings "$3" "$THERE" ;;
"image ls") sed 's/$/  99MB/' "$THERE" ;;
"build "*)
    recipe=$(cat "$(sed 's/.*--file \([^ ]*\).*/\1/' <<<"$*")") tag=$(sed 's/.*--tag \([^ ]*\).*/\1/' <<<"$*")
    [[ $recipe != *"$LACKING"* ]] || { echo "#9 1.2 E: Unable to locate package $LACKING" >&2; exit 1; }
    [[ $recipe != *"$BROKEN"* ]] || { echo "#9 1.2 no space left on device" >&2; exit 1; }
    echo "$tag" >>"$THERE" ;;
esac
"""
"""An engine that has the images listed in a file, and can't build those whose recipe names certain packages."""


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that lists what images there are."""
    docker = tmp_path / "docker"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    listed = tmp_path / "there"
    listed.write_text("".join(f"{each}\n" for each in USUAL))
    for name, value in (("THERE", str(listed)), ("LACKING", "python3.99"), ("BROKEN", "python3.98")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return listed


def offline(*pythons: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run((SCRIPT, *pythons), capture_output=True, text=True, check=False)


def test_without_a_wish_only_the_usual_images_are_made(there: Path) -> None:
    done = offline()
    assert (done.returncode, done.stderr) == (0, "")
    assert tuple(there.read_text().split()) == USUAL


def test_each_interpreter_is_made_under_the_name_that_an_option_stands_for(there: Path) -> None:
    done = offline("3.14", "3.14t", "pypy3.11")
    assert (done.returncode, done.stderr) == (0, "")
    made = ["python:3.14-slim-trixie", "python:3.14t-slim-trixie", "pypy:3.11-slim-trixie"]
    assert there.read_text().split() == [*USUAL, *made]
    assert done.stdout.split()[::2] == [*USUAL, *made]


def test_what_debian_has_not_is_named_and_the_rest_is_made(there: Path) -> None:
    done = offline("3.99", "3.14")
    assert done.returncode == 1, "or who asked for both would think that both are there"
    assert done.stderr == ("not available: python:3.99-slim-trixie: Debian forky has no package python3.99\n")
    assert "python:3.14-slim-trixie" in there.read_text().split()


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ("3.98", "no space left on device\nerror: python:3.98-slim-trixie can't be made\n"),
        ("3.14.1", "error: no interpreter is called 3.14.1\nhint: name each by its version"),
        ("python3", "error: no interpreter is called python3\n"),
    ],
)
def test_what_is_no_interpreter_or_can_not_be_made_is_an_error(there: Path, given: str, what: str) -> None:
    done = offline(given)
    assert done.returncode == 1
    assert what in done.stderr
    assert tuple(there.read_text().split()) == USUAL
