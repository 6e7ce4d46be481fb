"""Whatever stands in a claims file: it is held against a run, or refused in the project's own words."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.claims.read import ARTICLE
from harness.model.errors import ExitCode
from tests import damage
from tests.saying import say_in_good_order
from tests.unit.results.whole_run import write

FILE: Final = "claims.toml"
COMMANDS: Final = (("claims", "run", "--claims", FILE), ("claims", "run", "--claims", FILE, "--json"))
ALL: Final = tomllib.loads(ARTICLE.read_text())["claim"]


@pytest.fixture(scope="module", autouse=True)
def _store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("store")
    write(folder / "reports" / "run")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


def toml(document: Any) -> str:
    """A claims file; what is not formed as one stands on one line."""
    if not isinstance(document, dict):
        return f"source = {_value(document)}\n"
    lines = [f"{_value(key)} = {_value(value)}" for key, value in document.items() if not _is_tables(value)]
    for name in (key for key, value in document.items() if _is_tables(value)):
        for claim in document[name]:
            lines += [f"[[{_value(name)}]]"]
            lines += [f"{_value(key)} = {_value(value)}" for key, value in claim.items() if not _is_tables(value)]
            for key in (key for key, value in claim.items() if _is_tables(value)):
                for condition in claim[key]:
                    lines += [f"[[{_value(name)}.{_value(key)}]]"]
                    lines += [f"{_value(each)} = {_value(value)}" for each, value in condition.items()]
    return "\n".join(lines).replace('"claim"', "claim").replace('"condition"', "condition") + "\n"


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _value(value: Any) -> str:
    """JSON's words are TOML's but for these."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_value(key)} = {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    words = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf", "null": '"none"'}
    text = json.dumps(value)
    return words.get(text, text)


@given(
    claims=st.lists(st.sampled_from(ALL), min_size=1, max_size=2),
    damages=st.lists(damage.of_a_document(), max_size=2),
    to_text=st.lists(damage.of_text(), max_size=1),
    command=st.sampled_from(COMMANDS),
)
def test_it_is_held_against_a_run_or_refused(
    claims: list[Any], damages: list[damage.Damage], to_text: list[damage.Damage], command: tuple[str, ...]
) -> None:
    content = json.dumps({"source": "a test", "claim": claims}).encode()
    for each in damages:
        content = each(content)
    try:
        text = toml(json.loads(content)).encode(errors="surrogatepass")
    except (ValueError, RecursionError):
        text = content
    for each in to_text:
        text = each(text)
    Path(FILE).write_bytes(text)
    said = say_in_good_order(*command)
    if said.code == ExitCode.OK and "--json" in command:
        found = json.loads(said.out)
        assert all(each["sentence"] and "nan" not in each["sentence"] for each in found["claims"])


def test_the_article_s_claims_pass_through_the_same_writer() -> None:
    Path(FILE).write_text(toml({"source": "a test", "claim": ALL}))
    assert tomllib.loads(Path(FILE).read_text())["claim"] == ALL
    assert say_in_good_order(*COMMANDS[0]).code == ExitCode.OK
