"""The command that a run keeps does the same on another shell, where no variable is set."""

import shlex
import sys

import click
import pytest
from click.core import ParameterSource

from harness.claims.commands import command_to_go_on
from harness.cli.given.anew import typed_anew
from harness.cli.given.unused import VARIABLES
from harness.cli.main import bench

SECRET = "postgresql://me:hunter2@db/mine"
VALUES = {
    "BENCH_RUNTIME": "docker",
    "BENCH_APP_HOST": "10.0.0.1",
    "BENCH_BESIDE_OTHER_TABLES": "1",
    "BENCH_DATABASE_URL": SECRET,
}


@pytest.fixture(autouse=True)
def another_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def context_of(words: str) -> click.Context:
    name, *options = shlex.split(words)
    return bench.commands[name].make_context(name, options)


def kept(monkeypatch: pytest.MonkeyPatch, words: str) -> str:
    monkeypatch.setattr(sys, "argv", ["bench", *shlex.split(words)])
    with context_of(words):
        return shlex.join(typed_anew())


@pytest.mark.parametrize(
    ("variables", "words", "command"),
    [
        ((), "run --app flask", "bench run --app flask"),
        (("BENCH_RUNTIME",), "run --app flask", "bench run --runtime docker --app flask"),
        (("BENCH_RUNTIME",), "run --runtime process", "bench run --runtime process"),
        (("BENCH_RUNTIME", "BENCH_APP_HOST"), "ab main", "bench ab --runtime docker --app-host 10.0.0.1 main"),
        (("BENCH_DATABASE_URL", "BENCH_BESIDE_OTHER_TABLES"), "run", "bench run --beside-other-tables"),
        (("BENCH_BESIDE_OTHER_TABLES",), "run", "bench run"),
    ],
    ids=["none", "one", "the command line goes first", "several", "a flag", "one that does nothing"],
)
def test_what_variables_gave_stands_in_it_as_options(
    monkeypatch: pytest.MonkeyPatch, variables: tuple[str, ...], words: str, command: str
) -> None:
    for name in variables:
        monkeypatch.setenv(name, VALUES[name])
    assert kept(monkeypatch, words) == command


def test_what_is_usual_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_RUNTIME", "auto")
    monkeypatch.setenv("BENCH_BESIDE_OTHER_TABLES", "0")
    monkeypatch.setenv("BENCH_DATABASE_URL", SECRET)
    assert kept(monkeypatch, "run") == "bench run"


@pytest.mark.parametrize("name", ["run", "ab"])
def test_what_goes_on_where_it_was_is_told_where_that_is(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("BENCH_RUNTIME", "docker")
    monkeypatch.setenv("BENCH_APP_HOST", VALUES["BENCH_APP_HOST"])
    again = command_to_go_on("r", ("--apps-dir", "mine"), shlex.split(kept(monkeypatch, name)), by=name)
    assert again == f"bench {name} --resume r --apps-dir mine --app-host 10.0.0.1"


@pytest.mark.parametrize("name", ["run", "ab"])
def test_typed_where_no_variable_is_set_it_means_the_same(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Of all options that a variable gives, also of those to come."""
    for variable, value in VALUES.items():
        monkeypatch.setenv(variable, value)
    before = context_of(name)
    _, *words = shlex.split(kept(monkeypatch, name))
    assert SECRET not in words
    for variable in VARIABLES:
        monkeypatch.delenv(variable)
    after = context_of(shlex.join(words))
    assert after.params == before.params
    by_variable = [each.name for each in before.command.params if each.envvar]
    assert len(by_variable) == len(VALUES) - 1
    assert {after.get_parameter_source(str(each)) for each in by_variable} == {ParameterSource.COMMANDLINE}
