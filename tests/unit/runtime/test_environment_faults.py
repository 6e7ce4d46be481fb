"""What uv says of an app's lock is told as what is to be mended there, whatever is wrong with it."""

import shlex
from pathlib import Path

import pytest

from harness.model.errors import ExitCode, ManifestError, RuntimeFault
from harness.runtime.environment import environment_fault
from tests.unit.plan.manifests import app_with

APP = app_with("tiny", ("hello",), default=())
STALE = "error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.\n\nhint: run `uv lock`."
CONFLICT = "error: Failed to parse `uv.lock`\n  cause: TOML parse error at line 163, column 9\n  163 | <<<<<<< HEAD"
OTHER_HASH = (
    "error: Failed to download `h11==0.16.0`\n  cause: Hash mismatch for `h11==0.16.0`\n\n  Expected:\n  sha256:0"
)


@pytest.mark.parametrize(
    ("said", "what", "remove"),
    [
        (STALE, "its uv.lock does not match its pyproject.toml", False),
        (CONFLICT, "its uv.lock is damaged", True),
        (OTHER_HASH, "its uv.lock is damaged", True),
    ],
)
def test_what_is_wrong_with_a_lock_is_for_its_author_to_mend(said: str, what: str, *, remove: bool) -> None:
    fault = environment_fault(APP, said)
    assert isinstance(fault, ManifestError)
    assert fault.exit_code is ExitCode.USAGE
    assert what in fault.what
    assert "`uv lock`" not in fault.what
    assert "--locked" not in fault.what
    assert f"uv lock --project {APP.folder}" in fault.hint
    assert (f"remove {APP.folder / 'uv.lock'}" in fault.hint) is remove, "`uv lock` alone does not mend it"
    assert "uv sync" not in fault.hint


def test_a_package_that_can_not_be_fetched_is_no_fault_of_the_lock() -> None:
    fault = environment_fault(APP, "error: Failed to fetch: `https://example.org/h11.whl`\n  cause: dns error")
    assert isinstance(fault, RuntimeFault)
    assert Path("uv.lock").name not in fault.what


@pytest.mark.parametrize("said", [STALE, CONFLICT, OTHER_HASH, "error: Failed to fetch: `https://example.org/h11.whl`"])
def test_the_command_that_mends_it_can_be_typed_whatever_the_folder_is_called(said: str) -> None:
    folder = Path("/home/my apps/tiny_app")
    hint = environment_fault(APP.model_copy(update={"folder": folder}), said).hint
    command = hint.partition("run: ")[2].partition(";")[0]
    assert shlex.split(command)[-2:] == ["--project", str(folder)]
