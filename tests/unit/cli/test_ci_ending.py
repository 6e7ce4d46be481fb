"""A scheduled job ends as the run that it kept."""

import pytest

from harness.ci.outcome import JobOutcome
from harness.cli.ci import _exit_code
from harness.model.errors import ExitCode

SOUND = JobOutcome(run="run", complete=True, compared_with=None, regressions=(), commit="a" * 40)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ExitCode.OK),
        ({"usable": False}, ExitCode.INCOMPLETE),
        ({"usable": False, "broken": ("flask/default",)}, ExitCode.CONFORMANCE),
        ({"complete": False, "broken": ("flask/default",)}, ExitCode.INCOMPLETE),
        ({"unchecked": ("flask/default",)}, ExitCode.INCOMPLETE),
        ({"unchecked": ("flask/default",), "broken": ("bottle/default",)}, ExitCode.CONFORMANCE),
        ({"regressions": ("flask/default:json:capacity:32",)}, ExitCode.OK),
    ],
)
def test_its_exit_code_is_that_of_the_run(changes: dict[str, object], code: ExitCode) -> None:
    assert _exit_code(SOUND.model_copy(update=changes)) is code
