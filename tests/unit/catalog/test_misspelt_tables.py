"""A table whose name is spelt wrongly is told as that, and not as what is missing elsewhere."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.catalog.servers import read_server
from harness.claims.read import ClaimsError, read_claims
from harness.model.errors import ManifestError
from tests.unit.catalog.test_all_mistakes import CLAIMS, SERVER
from tests.unit.catalog.test_discover import MANIFEST

OTHER = """
[tool.{bench}.{variants}.other]
server = "its own"
interface = "native"
command = ["python", "app.py"]
why = "It has no other."
"""


def refused(tmp_path: Path, manifest: str) -> ManifestError:
    folder = tmp_path / "tiny_app"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(manifest)
    (folder / "uv.lock").write_text("version = 1\n")
    with pytest.raises(ManifestError) as error:
        read_app(folder)
    return error.value


@pytest.mark.parametrize(
    ("spelt", "what", "meant"),
    [
        ({"[tool.bench]": "[tool.bnech]"}, "6: there is no [tool.bench] table, but a [tool.bnech]", "[tool.bench]"),
        ({"tool.bench": "tool.bnech"}, "6: there is no [tool.bench] table, but a [tool.bnech]", "[tool.bench]"),
        ({"tool.bench": "tool.Bench"}, "6: there is no [tool.bench] table, but a [tool.Bench]", "[tool.bench]"),
        ({"[tool.bench]": "[tol.bench]"}, "6: there is no [tool.bench] table, but a [tol.bench]", "[tool.bench]"),
        ({"[tool.bench]": "[bench]"}, "6: there is no [tool.bench] table, but a [bench]", "[tool.bench]"),
        ({"tool.bench": "tol.bench"}, "6: there is no [tool] table, but a [tol]", "[tool]"),
        ({"[project]": "[porject]"}, "2: there is no [project] table, but a [porject]", "[project]"),
        ({"bench.variants": "bench.variant"}, "11: tool.bench.variant: there is no such table", "'variants'"),
        ({"bench.variants": "bench.varients"}, "11: tool.bench.varients: there is no such table", "'variants'"),
        (
            {"variants.default": "variants.defualt"},
            "11: tool.bench.variants.defualt: there is no variant 'default', and this is nearly called so",
            "'default'",
        ),
    ],
)
def test_of_a_manifest_it_is_the_only_mistake(tmp_path: Path, spelt: Mapping[str, str], what: str, meant: str) -> None:
    manifest = MANIFEST
    for right, wrong in spelt.items():
        assert right in manifest
        manifest = manifest.replace(right, wrong)
    error = refused(tmp_path, manifest)
    assert error.what == f"{tmp_path / 'tiny_app' / 'pyproject.toml'}, line {what}"
    assert error.hint.startswith(f"is {meant} meant? ")


def test_of_a_part_of_a_manifest_it_is_told_too(tmp_path: Path) -> None:
    error = refused(tmp_path, MANIFEST + OTHER.format(bench="bnech", variants="variants"))
    assert error.what.endswith("pyproject.toml, line 18: nothing reads the table [tool.bnech]")


def test_what_else_is_wrong_is_told_beside_it(tmp_path: Path) -> None:
    error = refused(tmp_path, MANIFEST.replace("[tool.bench]", "[tool.bnech]").replace('"micro"', '"mirco"'))
    assert [line.strip() for line in error.what.splitlines()[1:]] == [
        "line 6: there is no [tool.bench] table, but a [tool.bnech]",
        "hint: is [tool.bench] meant?",
        "tool.bench.family: it should be one of: full-stack, micro, asynchronous, modular, layer, baseline, scaffold",
        "hint: is 'micro' meant?",
    ]


@pytest.mark.parametrize("table", ["[tool.benchmark]\nseed = 1", "[tool.bench2]\nfast = true", "[tool.batch]\na = 1"])
def test_a_table_of_another_tool_is_none_of_ours(tmp_path: Path, table: str) -> None:
    folder = tmp_path / "tiny_app"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(f"{MANIFEST}\n{table}\n")
    (folder / "uv.lock").write_text("version = 1\n")
    assert read_app(folder).name == "tiny"


@pytest.mark.parametrize(
    ("right", "wrong", "place", "meant"),
    [
        ("[[claim]]", "[[cliam]]", "line 3: cliam: there is no such table", "claim"),
        (
            "[[claim.condition]]",
            "[[claim.conditoin]]",
            "line 7: claim 1, conditoin: there is no such table",
            "condition",
        ),
    ],
)
def test_of_a_claims_file(tmp_path: Path, right: str, wrong: str, place: str, meant: str) -> None:
    file = tmp_path / "mine.toml"
    text = CLAIMS.replace(right, wrong)
    file.write_text(text.replace("[[claim.", "[[cliam.") if "cliam" in wrong else text)
    with pytest.raises(ClaimsError) as error:
        read_claims(file)
    assert error.value.what == f"{file}, {place}"
    assert error.value.hint.startswith(f"is '{meant}' meant? ")


def test_of_a_server_s_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(SERVER.replace("[wsgi]", "[wsig]"))
    with pytest.raises(ManifestError) as error:
        read_server(file)
    assert error.value.what == f"{file}, line 6: wsig: there is no such table"
    assert error.value.hint.startswith("is 'wsgi' meant? ")
