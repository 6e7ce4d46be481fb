"""Whatever became of a run folder: it is read, or refused in the project's own words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.errors import ExitCode
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE
from tests import damage
from tests.saying import say_in_good_order
from tests.unit.results.whole_run import write

RUN: Final = "run"
COMMANDS: Final = (
    ("show", RUN, "--json"),
    ("show", RUN),
    ("claims", RUN),
    ("claims", RUN, "--json"),
    ("compare", "sound", RUN, "--force"),
    ("compare", RUN, "sound", "--force", "--json"),
    ("history", "--json"),
    ("history", "--append", "history.jsonl", RUN),
    ("list", "runs"),
    ("list", "runs", "--json"),
    ("report", RUN),
)
OFTEN: Final = (*COMMANDS[:-1] * 2, COMMANDS[-1])
"""Drawing a report takes many times as long as all else."""

type Damages = list[damage.Damage]
type Damaged = Callable[[str, Damages, Damages], None]

STORED: Final = Path(__file__).parents[3] / "reports" / "sample"
BASES: Final = ("made up", "stored")
"""A run that holds a bit of everything, and one that was measured."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    write(folder / "reports" / RUN)
    sound = write(folder / "reports" / "sound") / HEADER_FILE
    sound.write_text(json.dumps({**json.loads(sound.read_text()), "run_id": "another"}))
    return folder


@pytest.fixture(scope="module")
def damaged(store: Path) -> Damaged:
    """Has the run folder hold what became of one of the runs, and nothing that was made of it before."""
    folder = store / "reports" / RUN
    names = (HEADER_FILE, RECORDS_FILE)
    contents = {
        base: [(source / name).read_bytes() for name in names]
        for base, source in zip(BASES, (folder, STORED), strict=True)
    }

    def put(base: str, *damages: Damages) -> None:
        (store / "history.jsonl").unlink(missing_ok=True)
        for made in folder.iterdir():
            made.unlink()
        for name, content, own in zip(names, contents[base], damages, strict=True):
            for each in own:
                content = each(content)  # noqa: PLW2901 - one harm comes on top of the other
            (folder / name).write_bytes(content)

    return put


@pytest.fixture(scope="module", autouse=True)
def _in_the_store(store: Path) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(store)
        yield


@given(
    to_header=st.lists(damage.of_a_document(), max_size=1),
    to_records=st.lists(damage.of_lines(), max_size=3),
    command=st.sampled_from(OFTEN),
    base=st.sampled_from(BASES),
)
def test_it_is_read_or_refused(
    damaged: Damaged, base: str, to_header: Damages, to_records: Damages, command: tuple[str, ...]
) -> None:
    damaged(base, to_header, to_records)
    said = say_in_good_order(*command)
    if said.code == ExitCode.OK and "--json" in command:
        json.loads(said.out)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_nothing_happened_to_is_read(damaged: Damaged, base: str, command: tuple[str, ...]) -> None:
    """Without this, a run that is always refused would pass."""
    damaged(base, [], [])
    assert say_in_good_order(*command).code == ExitCode.OK
