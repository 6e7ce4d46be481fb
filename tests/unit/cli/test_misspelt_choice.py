"""A choice of an option that is spelt wrongly is refused with the one that is most like it."""

import pytest

from harness.model.errors import ExitCode
from tests.saying import say


@pytest.mark.parametrize(
    ("option", "given", "hint"),
    [
        ("--endpoint", "bd", "hint: is 'db' meant? `bench plan --help`"),
        ("--profile", "standart", "hint: is 'standard' meant? `bench plan --help`"),
        ("--workload", "xyz", "hint: `bench plan --help`"),
        ("--rounds", "many", "hint: `bench plan --help`"),
        ("--endpoint", "json,db", "hint: each is given by itself: --endpoint json --endpoint db; `bench plan --help`"),
        ("--connections", "8,64", "hint: each is given by itself: --connections 8 --connections 64; `bench plan"),
        ("--endpoint", "json,bd", "hint: is 'json' meant? `bench plan --help`"),
        ("--rounds", "4,8", "hint: `bench plan --help`"),
    ],
)
def test_the_nearest_choice_is_named(option: str, given: str, hint: str) -> None:
    said = say("plan", option, given)
    assert said.code == ExitCode.USAGE
    assert hint in said.err


@pytest.mark.parametrize(
    ("command", "option", "given", "told"),
    [
        ("run", "--workers", "x", "'x' is not a whole number from 0 to 256"),
        ("run", "--workers", "1.5", "'1.5' is not a whole number from 0 to 256"),
        ("run", "--workers", "257", "'257' is not a whole number from 0 to 256"),
        ("plan", "--rounds", "x", "'x' is not a whole number from 1"),
        ("plan", "--rounds", "10001", "'10001' is not a whole number from 1 to 10,000"),
        ("plan", "--minutes", "nan", "'nan' is no number of minutes"),
        ("run", "--minutes", "inf", "'inf' is no number of minutes"),
        ("plan", "--connections", "0", "'0' is not a whole number from 1"),
    ],
)
def test_what_is_no_number_within_bounds_is_refused_with_these(
    command: str, option: str, given: str, told: str
) -> None:
    said = say(command, option, given)
    assert said.code == ExitCode.USAGE
    assert told in said.err
    assert "integer" not in said.err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("run", "flask"), "is `--app flask` meant? "),
        (("plan", "flask", "fastapi/default"), "is `--app flask --app fastapi/default` meant? "),
        (("run", "quick", "json", "flask"), "is `--profile quick --endpoint json --app flask` meant? "),
        (("doctor", "flask"), ""),
    ],
)
def test_what_stands_by_itself_and_is_given_by_an_option_is_told_with_it(words: tuple[str, ...], hint: str) -> None:
    """`bench verify` and `bench new` take an app's name so."""
    said = say(*words)
    assert said.code == ExitCode.USAGE
    assert "unexpected extra argument" in said.err
    assert f"\nhint: {hint}`bench {words[0]} --help` tells what it takes\n" in said.err
