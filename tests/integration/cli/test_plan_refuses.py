"""What `bench run` refuses before its first server starts, `bench plan` refuses by the same words."""

import pytest

from harness.model.errors import ExitCode
from tests.integration.cli.conftest import Bench, MakeApp

SMALL = ("--profile", "smoke", "--endpoint", "json", "--workload", "capacity", "--rounds", "1")


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (
            'version = "0"\n',
            'version = "0"\ndependencies = ["idna"]\n',
            "the environment of app 'tiny' can't be made: its uv.lock does not match its pyproject.toml",
        ),
        (">=3.13", ">=3.12", "the environment of app 'tiny' can't be made: its uv.lock does not match"),
        (">=3.13", ">=3.99", "the environment of app 'tiny' can't be made: it can't run on Python 3."),
    ],
    ids=["a dependency more", "another Python locked", "no such Python"],
)
def test_a_plan_says_what_the_run_would_say(
    bench: Bench, make_app: MakeApp, before: str, after: str, what: str
) -> None:
    manifest = make_app("tiny") / "pyproject.toml"
    assert bench("plan", *SMALL).returncode == ExitCode.OK
    manifest.write_text(manifest.read_text().replace(before, after))
    planned, run = (bench(command, *SMALL) for command in ("plan", "run"))
    assert (planned.returncode, run.returncode) == (ExitCode.USAGE, ExitCode.USAGE), planned.stderr + run.stderr
    told = [
        [line for line in done.stderr.splitlines() if line.startswith(("error: ", "hint: "))] for done in (planned, run)
    ]
    assert told[0] == told[1]
    assert told[0][0].startswith(f"error: {what}")
