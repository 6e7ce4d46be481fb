"""Commands that are printed to be copied find the same apps: they name the folders that were given."""

from pathlib import Path

import pytest

from harness.catalog.app_folders import APPS_FOLDER
from harness.cli.run import exit_code
from harness.model.base import REVISION_SIGN
from harness.model.conformance import Outcome
from harness.model.errors import ExitCode
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.analysis.test_contracts import checked


def broken(app: str) -> RecordedRun:
    recorded = Simulation(capacities_rps={subject(app): 4_000}).recorded()
    return recorded.model_copy(update={"conformance": (checked(subject(app), Outcome.FAILED),)})


@pytest.mark.parametrize(
    ("folders", "options"),
    [
        ((APPS_FOLDER,), ""),
        (("my apps",), " --apps-dir 'my apps'"),
        ((APPS_FOLDER, "more"), f" --apps-dir {APPS_FOLDER} --apps-dir more"),
    ],
)
def test_the_command_that_tells_what_is_broken_names_the_folders(
    capsys: pytest.CaptureFixture[str], folders: tuple[str, ...], options: str
) -> None:
    assert (
        exit_code(broken("flask"), [Path(folder) for folder in folders], None, Path("the-run")) is ExitCode.CONFORMANCE
    )
    assert f"; `bench verify flask{options}` tells all of it" in capsys.readouterr().err


def test_no_command_is_told_for_a_revision_that_went_with_its_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        exit_code(broken(f"flask{REVISION_SIGN}abc"), [Path(APPS_FOLDER)], None, Path("the-run"))
        is ExitCode.CONFORMANCE
    )
    said = capsys.readouterr().err
    assert "breaks the contract" in said
    assert "bench verify" not in said
