"""The rooms stay small enough to be read, and a file's name says what it holds.

Which room may import which is checked by `lint-imports` (pyproject.toml).
"""

from collections import defaultdict
from pathlib import Path
from typing import Final

HARNESS: Final = Path(__file__).parents[2] / "harness"

MOST_LINES_OF_A_FILE: Final = 350
MOST_FILES_OF_A_FOLDER: Final = 25
MOST_LINES_OF_A_FOLDER: Final = 4_000

LARGER: Final = {
    "report/view": "one file for each section of the report, and a reader comes for one section at a time",
}
"""Folders that may hold more, and why. Their files are held to the same size as all others."""

SAY_NOTHING: Final = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}

NAMED_AFTER: Final = {
    "cli/commands": ("cli", "what a command takes, and what it does"),
    "report/view": ("analysis", "a section of the report, and the findings that it shows"),
}
"""Folders whose files are named after those of another folder, each for the same thing."""

SAME_THING: Final = {
    "app.py": "an app: its manifest, and what `bench new` begins each interface with",
    "calibrate.py": "the calibration: what `bench calibrate` prints, and how it is measured",
    "chat.py": "a chat: its values, the load on it, and the check of the contract",
    "claims.py": "the claims: what `bench claims` prints, and their section of the report",
    "comparison.py": "a comparison of two runs: its values, and its page",
    "crowd.py": "a crowd: its values, and how it is held",
    "feed.py": "a feed: its values, the load on it, and the check of the contract",
    "history.py": "the history of many runs: its values, what `bench history` prints, and the page",
    "host.py": "the host: its values, and its section of the report",
    "host_speed.py": "the host's speed: its values, and how they are found",
    "plan.py": "a plan: its values, and what `bench plan` prints",
    "progress.py": "the course of a run: what is told of it, and how it is shown",
    "pursue.py": "measuring until one claim is decided: when it is, and what `bench run --claim` narrows for it",
    "run.py": "a run: its values, and what `bench run` does",
    "runtime.py": "a runtime: where servers run, once as local processes and once in containers",
    "server.py": "a server of an app: once a local process, once in a container",
    "taken_cpus.py": "capacities on CPUs that others had: kept apart in comparisons, and named in the report",
    "validity.py": "what makes a cell worth a number: its values, and the section of the report on it",
    "verify.py": "verifying apps: how it is done, and what `bench verify` prints",
    "window.py": "a window of load: its values, and how it is driven",
}
"""What files of the same name in different folders have in common. Files that treat different things have names that
say so: a reader who searches for a name finds one subject."""


def modules() -> list[Path]:
    """Every Python file of the harness, as a path within it."""
    return sorted(file.relative_to(HARNESS) for file in HARNESS.rglob("*.py"))


def lines(file: Path) -> int:
    return len((HARNESS / file).read_text(encoding="utf-8").splitlines())


def by_folder() -> dict[str, list[Path]]:
    folders = defaultdict(list)
    for file in modules():
        folders[file.parent.as_posix()].append(file)
    return folders


def test_a_file_can_be_read_in_one_go() -> None:
    long = {str(file): lines(file) for file in modules() if lines(file) > MOST_LINES_OF_A_FILE}
    assert long == {}, "make two files of each, by what they do"


def test_a_folder_is_one_room() -> None:
    sizes = {folder: (len(files), sum(map(lines, files))) for folder, files in by_folder().items()}
    large = {
        folder: (files, total)
        for folder, (files, total) in sizes.items()
        if folder not in LARGER and (files > MOST_FILES_OF_A_FOLDER or total > MOST_LINES_OF_A_FOLDER)
    }
    assert large == {}, "files and lines: make two rooms of each, by what they are for"
    assert set(LARGER) <= set(sizes)


def test_files_bear_the_same_name_only_where_they_treat_the_same_thing() -> None:
    folders = defaultdict(list)
    for file in modules():
        folder = file.parent.as_posix()
        other, _ = NAMED_AFTER.get(folder, (None, ""))
        if file.name != "__init__.py" and not (other and (HARNESS / other / file.name).is_file()):
            folders[file.name].append(folder)
    twice = {name: places for name, places in folders.items() if places[1:] and name not in SAME_THING}
    assert twice == {}, "give each a name that says what it holds, or say here what they have in common"
    alone = [name for name in SAME_THING if not folders[name][1:]]
    assert alone == [], "these have nobody of their name any more"


def test_what_a_command_takes_and_what_it_does_stand_under_its_name() -> None:
    commands = {path.name for path in HARNESS.glob("cli/commands/*.py")} - {"__init__.py", "deferred.py"}
    assert {name for name in commands if not (HARNESS / "cli" / name).is_file()} == set()


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    words = {str(file): {word for part in file.with_suffix("").parts for word in part.split("_")} for file in modules()}
    assert {file for file, said in words.items() if said & SAY_NOTHING} == set()
