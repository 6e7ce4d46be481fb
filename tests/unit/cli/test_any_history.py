"""Whatever became of a history file: it is read, or refused with its line, and what is added to it is added whole."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.comparison.summarise import summarise
from harness.history.file import append
from harness.model.errors import ExitCode
from harness.results.folder import read_run
from tests import damage
from tests.saying import say_in_good_order
from tests.unit.results.whole_run import write

FILE: Final = "history.jsonl"
SOUND: Final = "sound.jsonl"
COMMANDS: Final = (
    ("history", "--from", FILE),
    ("history", "--from", FILE, "--json"),
    ("history", "--append", FILE, "run"),
    ("compare", "--from", FILE, "run"),
    ("compare", "--from", FILE, "run", "--json", "--fail-on-regression"),
    ("compare", "--from", FILE, "n0", "run", "--force", "--markdown"),
)
RUNS: Final = 3


@pytest.fixture(scope="module", autouse=True)
def _store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """In the working folder, a run, and what nothing happened to: the lines of some earlier runs."""
    folder = tmp_path_factory.mktemp("store")
    summary = summarise(read_run(write(folder / "reports" / "run")), "run")
    for number in range(RUNS):
        earlier = {"run_id": f"r{number}", "name": f"n{number}"}
        append(
            folder / SOUND,
            summary.model_copy(update={**earlier, "started_at": summary.started_at - timedelta(days=number + 1)}),
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


@given(damages=st.lists(damage.of_lines(), max_size=3), command=st.sampled_from(COMMANDS))
def test_it_is_read_or_refused(damages: list[damage.Damage], command: tuple[str, ...]) -> None:
    before = Path(SOUND).read_bytes()
    for each in damages:
        before = each(before)
    Path(FILE).write_bytes(before)
    said = say_in_good_order(*command)
    if said.code != ExitCode.USAGE and "--json" in command:
        json.loads(said.out)
    after = Path(FILE).read_bytes()
    assert after.startswith(before)
    assert "--append" in command or after == before


@pytest.mark.parametrize("command", COMMANDS)
def test_what_nothing_happened_to_is_read(command: tuple[str, ...]) -> None:
    shutil.copy(SOUND, FILE)
    # The runs are too short to tell whether anything became worse.
    expected = ExitCode.INCOMPLETE if "--fail-on-regression" in command else ExitCode.OK
    assert say_in_good_order(*command).code == expected
