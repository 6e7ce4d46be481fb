"""A variant that an app has not, since a server's file leaves the app out, is refused with the reason, by all alike."""

import shlex
from pathlib import Path

import pytest

from harness.model.errors import ExitCode
from tests.saying import say

HERE = ("--apps-dir", str(Path(__file__).parents[3] / "apps"))
NO_FUNCTION = "cheroot serves no app that a function makes: its command takes an application by its name"
LINK = "https://github.com/cherrypy/cheroot/blob/main/cheroot/cli.py"
CLAIM = """
source = "our wiki"

[[claim]]
id = "own"
says = "Own."

[[claim.condition]]
form = "ratio"
subjects = ["falcon/cheroot"]
metric = "throughput_rps"
against = "every"
endpoints = ["json"]
group = ["bottle/cheroot"]
at_least = 0.1
"""


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("verify falcon --variant cheroot", f"no chosen app has a variant named cheroot: {NO_FUNCTION}"),
        ("verify falcon/cheroot", f"app 'falcon' has no variant 'cheroot': {NO_FUNCTION}"),
        ("plan --app falcon/cheroot", f"app 'falcon' has no variant 'cheroot': {NO_FUNCTION}"),
        ("plan --app falcon --variant cheroot", f"no chosen app has a variant named cheroot: {NO_FUNCTION}"),
        ("run --app falcon/cheroot", f"app 'falcon' has no variant 'cheroot': {NO_FUNCTION}"),
        ("run --app falcon --variant cheroot", f"no chosen app has a variant named cheroot: {NO_FUNCTION}"),
        ("ab falcon --variant default --variant cheroot", f"app 'falcon' has no variant 'cheroot': {NO_FUNCTION}"),
    ],
)
def test_why_an_app_is_not_on_a_server_is_told_with_what_to_choose_from(command: str, told: str) -> None:
    said = say(*shlex.split(command), *HERE)
    assert said.code == ExitCode.USAGE, said.err
    error, hint = said.err.splitlines()[-2:]
    assert error.startswith(f"error: {told}")
    assert LINK in error
    assert hint.startswith("hint: choose ")
    assert hint.endswith("from: controlled, default, gevent, granian, uwsgi, waitress")


def test_a_reason_that_several_apps_have_is_told_once() -> None:
    said = say("verify", "fastapi", "quart", "litestar", "--variant", "daphne", *HERE)
    assert said.code == ExitCode.USAGE, said.err
    (error,) = (line for line in said.err.splitlines() if line.startswith("error: "))
    assert "named daphne: fastapi, quart: daphne does not serve it: its pool" in error
    assert "; litestar: daphne does not serve it: its pool" in error


def test_who_is_left_out_beside_others_is_told_the_reason_too() -> None:
    planned = say("plan", "--app", "falcon", "--app", "bottle", "--variant", "cheroot", *HERE)
    assert planned.code == ExitCode.OK, planned.err
    assert "falcon is left out: it has no variant 'cheroot' (it has: " in planned.err
    assert NO_FUNCTION in planned.err
    both = say(*shlex.split("plan --app falcon --app bottle --variant cheroot --variant controlled"), *HERE)
    assert f"without variant 'cheroot' ({NO_FUNCTION}" in both.err
    assert f"{LINK}): falcon\n" in both.err


def test_claims_on_it_are_refused_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(CLAIM)
    said = say("plan", "--claims", str(file), *HERE)
    assert said.code == ExitCode.USAGE, said.err
    assert f"own.toml, line 10: app 'falcon' has no variant 'cheroot': {NO_FUNCTION}" in said.err
