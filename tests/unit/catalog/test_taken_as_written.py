"""A value of the wrong kind is refused, however much it reads like a right one, and what stands twice is, too."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, HttpUrl, TypeAdapter, ValidationError

from harness.catalog.discover import read_app
from harness.catalog.server_file import ServerDeployment, ServerFile
from harness.catalog.servers import read_server
from harness.claims.read import ClaimsError, read_claims
from harness.model.app import Manifest, NotOffered, Variant
from harness.model.claim import BoundCondition, Claim, ClaimsFile, KeptCondition, ProbeCondition, RatioCondition
from harness.model.errors import ManifestError
from tests.unit.catalog.test_discover import MANIFEST
from tests.unit.claims.test_refused import PROBES, RATIO

SERVER = (Path(__file__).parents[3] / "apps" / "servers" / "waitress.toml").read_text(encoding="utf-8")

TABLES: Sequence[type[BaseModel]] = (
    Manifest,
    Variant,
    NotOffered,
    ServerFile,
    ServerDeployment,
    ClaimsFile,
    Claim,
    RatioCondition,
    BoundCondition,
    KeptCondition,
    ProbeCondition,
)
"""All that people write for the harness in TOML."""

WORDS = ["yes", "no", "on", "off", "true", "false", "True", "t", "n", "0", "1", "12", "1.5", "nan", "json", "mixed"]
SCALARS: list[Any] = [*WORDS, 0, 1, 12, 0.0, 1.0, 12.0, True, False, dt.date(2024, 1, 1), dt.time(1)]
VALUES = [*SCALARS, *([each] for each in SCALARS), *({"a": each} for each in SCALARS)]


def kind(value: Any) -> Any:
    """What TOML calls a value of this kind."""
    match value:
        case Enum() | HttpUrl() | str():
            return "text"
        case bool():
            return "truth value"
        case int() | float():
            return "number"
        case Mapping():
            return {str(key): kind(each) for key, each in value.items()}
        case Sequence():
            return [kind(each) for each in value]
    return type(value).__name__


@pytest.mark.parametrize(
    ("table", "name"),
    [pytest.param(table, name, id=f"{table.__name__}.{name}") for table in TABLES for name in table.model_fields],
)
def test_no_value_becomes_one_of_another_kind(table: type[BaseModel], name: str) -> None:
    field = table.model_fields[name]
    reading: TypeAdapter[Any] = TypeAdapter(
        Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    )
    for written in VALUES:
        try:
            read = reading.validate_python(written)
        except ValidationError:
            continue
        assert kind(read) == kind(written), f"{written!r} was read as {read!r}"
        if not isinstance(read, str | Enum | tuple | dict) and kind(read) == "number":
            assert isinstance(read, float) or isinstance(written, int), f"{written!r} was read as {read!r}"


def write(folder: Path, manifest: str) -> Path:
    app = folder / "tiny_app"
    app.mkdir()
    (app / "pyproject.toml").write_text(manifest)
    (app / "uv.lock").write_text("version = 1\n")
    return app


def refused_manifest(folder: Path, old: str, new: str) -> ManifestError:
    assert old in MANIFEST
    app = write(folder, MANIFEST.replace(old, new))
    with pytest.raises(ManifestError) as refused:
        read_app(app)
    return refused.value


def refused_server(folder: Path, old: str, new: str) -> ManifestError:
    assert old in SERVER
    file = folder / "mine.toml"
    file.write_text(SERVER.replace(old, new, 1))
    with pytest.raises(ManifestError) as refused:
        read_server(file)
    return refused.value


def refused_claims(folder: Path, text: str, old: str, new: str) -> ClaimsError:
    assert old in text
    file = folder / "mine.toml"
    file.write_text(text.replace(old, new))
    with pytest.raises(ClaimsError) as refused:
        read_claims(file)
    return refused.value


@pytest.mark.parametrize("value", ['"no"', '"false"', '"yes"', "0", "1", "0.0", '"Mixed"', "[true]"])
def test_whether_connections_are_kept_is_true_false_or_mixed(tmp_path: Path, value: str) -> None:
    said = 'keep_alive: it should be true or false, or "mixed"'
    app = refused_manifest(tmp_path, 'why = "It', f'keep_alive = {value}\nwhy = "It')
    assert app.what.endswith(f"pyproject.toml, line 15: tool.bench.variants.default.{said}")
    server = refused_server(tmp_path, "why = ", f"keep_alive = {value}\nwhy = ")
    assert server.what.endswith(f"mine.toml, line 10: wsgi.{said}")


@pytest.mark.parametrize("value", ['"yes"', '"true"', "1", "0.0", '"mixed"'])
def test_whether_it_is_so_is_true_or_false(tmp_path: Path, value: str) -> None:
    app = refused_manifest(tmp_path, 'why = "It', f'own_server = {value}\nwhy = "It')
    assert app.what.endswith("tool.bench.variants.default.own_server: it should be true or false")
    probe = refused_claims(tmp_path, PROBES, 'probe = "csrf"', f'probe = "csrf"\nexpected = {value}')
    assert "line 13: claim 1, condition 1, expected: it should be true or false" in probe.what
    alone = refused_claims(tmp_path, RATIO, "at_least = 1.5", f"alone = {value}")
    assert "line 14: claim 1, condition 1, alone: it should be true or false" in alone.what


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('endpoints = ["hello"]', 'endpoints = ["hello", "json", "json"]', "endpoints: 'json' stands twice"),
        (
            'also = ["controlled"]',
            'also = ["controlled", "controlled"]',
            "variants.default.also: 'controlled' stands twice",
        ),
    ],
)
def test_what_stands_twice_in_a_manifest_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert refused_manifest(tmp_path, old, new).what.endswith(f"tool.bench.{said}")


def test_a_condition_that_stands_twice_would_count_twice(tmp_path: Path) -> None:
    condition = RATIO[RATIO.index("[[claim.condition]]") :]
    said = refused_claims(tmp_path, RATIO, condition, f"{condition}\n{condition}").what
    assert "line 16: claim 1, condition 2: it is the same as condition 1" in said


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("defualt", "is 'default' meant? "),
        ("controled", "is 'controlled' meant? "),
        ("waitres", "is 'waitress' meant? "),
        ("quick", ""),
    ],
)
def test_a_variant_serves_as_none_that_there_is_nowhere(tmp_path: Path, name: str, question: str) -> None:
    app = write(tmp_path, MANIFEST.replace("variants.default", "variants.own").replace("controlled", name))
    with pytest.raises(ManifestError) as refused:
        read_app(app)
    assert f"tool.bench.variants.own.also: there is no deployment '{name}'" in refused.value.what
    assert refused.value.hint.startswith(f"{question}choose from: controlled, default, ")


def test_a_variant_may_serve_as_a_server_that_apps_share(tmp_path: Path) -> None:
    assert read_app(write(tmp_path, MANIFEST.replace("controlled", "waitress"))).resolve("waitress") == "default"
