"""docs/add-a-framework.md is carried out as it stands: its files are written, its commands run."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import warm
from tests.ending import ended_well
from tests.waiting import PATIENCE_S

PROJECT = Path(__file__).parents[3]
PAGE = PROJECT / "docs" / "add-a-framework.md"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


NAMES = ("aiohttp", "falcon")
"""Of the apps that the page adds: one of its own interface, one of a shared one."""


class Step(NamedTuple):
    """One block of the page: a file to write, or commands to run."""

    language: str
    title: str
    text: str


class Command(NamedTuple):
    """A command of the page, and the lines that the page shows after it."""

    words: list[str]
    shown: list[str]


def steps() -> list[Step]:
    return [Step(*block) for block in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]


def commands(text: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield Command(shlex.split(command), shown)


def without_numbers(text: str) -> str:
    """Versions and counts may change; what is said may not."""
    return re.sub(r"\d+", "N", text)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh copy of the project, as someone who has just cloned it has it, with whatever is not committed yet."""
    folder = tmp_path / "project"
    listed = git(PROJECT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, listed):
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, *("-c", "user.name=test", "-c", "user.email=test@localhost"), "commit", "--quiet", "--message", "copy")
    return folder


def git(folder: Path, *words: str) -> str:
    return subprocess.run(("git", "-C", folder, *words), capture_output=True, text=True, check=True).stdout


def carried_out(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """A command of the page, in a terminal where `bench` is found."""
    program, *arguments = words
    if program == "bench":
        return warm.bench(folder, *arguments)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_the_walk_works_as_it_stands_and_touches_nothing_but_the_new_folders(project: Path) -> None:
    ran: list[str] = []
    for step in steps():
        if step.title:
            (project / step.title).write_text(step.text, encoding="utf-8")
            continue
        assert step.language == "console", f"a block of the page that is neither file nor command: {step}"
        for command in commands(step.text):
            done = carried_out(command.words, project)
            said = done.stdout + done.stderr
            assert ended_well(done.returncode, said), f"{shlex.join(command.words)}\n{said}"
            lines = without_numbers(said).splitlines()
            for line in command.shown:
                assert without_numbers(line) in lines, f"{shlex.join(command.words)} says\n{said}"
            ran.append(" ".join(command.words[:2]))
    assert {"bench new", "bench verify", "uv lock", "bench run", "bench show"} <= set(ran)
    assert git(project, "status", "--porcelain") == "".join(f"?? apps/{name}_app/\n" for name in NAMES)
    (report,) = project.glob("reports/*-smoke-*/index.html")
    page = report.read_text(encoding="utf-8")
    assert all(title in page for title in ("Falcon", "aiohttp"))


def test_the_pages_code_is_formatted_and_checked_as_the_apps_are(project: Path) -> None:
    """As far as the linter sees without its dependencies."""
    for step in steps():
        if step.title:
            path = project / step.title
            path.parent.mkdir(exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
    ruff = Path(sys.executable).parent / "ruff"
    folders = [f"apps/{name}_app" for name in NAMES]
    for words in (("check", *folders), ("format", "--check", *folders)):
        done = subprocess.run((ruff, *words), cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
