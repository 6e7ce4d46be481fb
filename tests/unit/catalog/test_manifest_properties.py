"""Whatever stands in a manifest, reading it gives an app or the project's own error: no other exception.

`HYPOTHESIS_PROFILE=thorough .venv/bin/pytest tests/unit/catalog/test_manifest_properties.py` tries 10,000 of each.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from harness import mask
from harness.catalog.discover import discover, read_app
from harness.model.app import App, Endpoint, Family, Interface
from harness.model.cell import Subject
from harness.model.errors import BenchError, ManifestError
from harness.runtime.command import contract_variables, filled_in_command

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SCALAR = st.one_of(TEXT, st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times())
ANYTHING = st.recursive(
    SCALAR, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)), max_leaves=8
)
NAME = st.one_of(st.sampled_from(["default", "controlled", "bare-site", "batteries-site", "x"]), TEXT)


def mostly(*likely: Any) -> st.SearchStrategy[Any]:
    """One of the likely values, or anything."""
    return st.one_of(st.sampled_from(likely), ANYTHING)


def mutated(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """A table with some of the fields, and perhaps others; or no table."""
    some = st.fixed_dictionaries({}, optional=fields)
    more = st.one_of(st.just({}), st.dictionaries(TEXT, ANYTHING, max_size=2))
    return st.one_of(st.builds(lambda one, other: {**other, **one}, some, more), ANYTHING)


VARIANT = mutated(
    {
        "server": mostly("gunicorn", " "),
        "interface": mostly(*(each.value for each in Interface)),
        "command": mostly(["python", "app.py"], ["gunicorn", "--bind", "${HOST}:${PORT}", "$$", "${X}", "$"]),
        "environment": mostly({"A": "1", "SECRET_KEY": "Pl4nted-secret", "": "x"}),
        "keep_alive": mostly(True, False),  # noqa: FBT003 - values of a field
        "why": mostly("It has no other."),
        "source": mostly("https://example.com/deploy", "http://[::1", "ftp://x"),
        "also": mostly(["controlled"], ["default", "x"]),
    }
)
BENCH = mutated(
    {
        "title": mostly("Tiny"),
        "package": mostly("flask", "My Framework", "flask[async]"),
        "family": mostly(*(each.value for each in Family)),
        "endpoints": mostly(*([each.value] for each in Endpoint)),
        "homepage": mostly("https://example.com"),
        "built_on": mostly("starlette"),
        "variants": st.one_of(st.dictionaries(NAME, VARIANT, max_size=3), ANYTHING),
        "bare_site": VARIANT,
        "batteries_site": VARIANT,
    }
)
DOCUMENT = mutated(
    {
        "project": mutated({"name": mostly("tiny-app"), "requires-python": mostly(">=3.13")}),
        "tool": mutated({"bench": BENCH, "uv": mutated({"workspace": mutated({"members": mostly(["*"])})})}),
    }
)


@pytest.fixture(autouse=True, scope="module")
def secrets_of_this_module() -> Iterator[None]:
    """What is hidden because some manifest had it must not be hidden from other tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mask, "_hidden", {})
        yield


def read(content: bytes, name: str = "tiny_app") -> App | None:
    """The app of a manifest; None where it is refused, in words that can be printed."""
    mask._hidden.clear()
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, name)
        folder.mkdir()
        (folder / "pyproject.toml").write_bytes(content)
        (folder / "uv.lock").touch()
        found, refused = None, None
        try:
            found = read_app(folder)
            assert discover((Path(parent),)) == (found,)
        except ManifestError as error:
            refused = error
        if refused is not None:
            assert "_app" in refused.what
            assert refused.hint
            f"{refused.what}{refused.hint}".encode()
        return found


def as_toml(document: Any) -> bytes:
    return (
        tomlkit.dumps(document).encode() if isinstance(document, dict) else json.dumps(document, default=str).encode()
    )


@given(DOCUMENT)
def test_a_document_of_any_shape_is_an_app_or_one_error(document: Any) -> None:
    found = read(as_toml(document))
    if found is None:
        return
    # What was admitted can be started: its command and its variables are ones that the kernel takes.
    for name, variant in found.manifest.variants.items():
        subject = Subject(app=found.name, variant=name)
        given = contract_variables(variant, subject, "127.0.0.1", 8000, hash_seed=1, database_url=None)
        assert all(key and "=" not in key and "\0" not in key + value for key, value in given.items())
        try:
            command = filled_in_command(found, subject, given)
        except BenchError:
            continue
        assert not any("\0" in word for word in command)


def test_some_of_these_documents_are_admitted() -> None:
    """Or the test above would say nothing of what comes after reading."""
    variant = {"server": "s", "interface": "wsgi", "command": ["python"], "why": "w"}
    bench = {"title": "T", "family": "micro", "endpoints": ["hello"], "variants": {"default": variant}}
    assert read(as_toml({"project": {"requires-python": ">=3.13"}, "tool": {"bench": bench}})) is not None


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_one_error(content: bytes) -> None:
    assert read(content) is None


@given(st.text(st.sampled_from("[]{}\"'=.,# \n\\abtoolbench0123456789eE+-_:TZ\0\x85\ufeff"), max_size=120))
def test_text_that_is_nearly_toml_is_one_error(text: str) -> None:
    assert read(text.encode()) is None


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=50))
def test_a_folder_of_any_name_is_an_app_or_one_error(name: str) -> None:
    if len(name.encode()) <= 200:
        read(b"", f"{name}_app")
