"""What people really write into manifests and name folders: read, or one error with place and remedy."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalog.discover import discover, read_app
from harness.catalog.package import Package
from harness.catalog.project_file import LONGEST_BYTES
from harness.catalog.scaffold import begin_like, new_folder
from harness.catalog.servers import read_server
from harness.model.app import Interface, Variant
from harness.model.cell import Subject
from harness.model.errors import ManifestError
from harness.runtime.command import contract_variables
from harness.runtime.environment import make_environment
from tests.odd_hosts import as_stranger, folder_for_all
from tests.unit.catalog.test_all_mistakes import SERVER
from tests.unit.catalog.test_discover import MANIFEST

type MakeApp = Callable[..., Path]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    def make(manifest: str | bytes, name: str | bytes = "tiny_app") -> Path:
        folder = tmp_path / os.fsdecode(name)
        folder.mkdir()
        (folder / "pyproject.toml").write_bytes(manifest if isinstance(manifest, bytes) else manifest.encode())
        (folder / "uv.lock").write_text("version = 1\n")
        return folder

    return make


def test_a_byte_order_mark_is_no_part_of_the_text(make_app: MakeApp, tmp_path: Path) -> None:
    app = read_app(make_app(b"\xef\xbb\xbf" + MANIFEST.encode()))
    assert app.manifest.title == "Tiny"
    (tmp_path / "new").mkdir()
    with new_folder(tmp_path / "new", "copy") as draft:
        begin_like(draft, Package(name="copy", version="1"), app, ("pyproject.toml",))
    assert read_app(tmp_path / "new" / "copy_app").manifest.title == "Copy (copy of Tiny)"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('command = ["python", "app.py"]', 'command = "python app.py"', "command: it should be a list"),
        ('command = ["python", "app.py"]', 'command = ["python\\u0000"]', "command, entry 1: "),
        ('why = "It', 'environment = "A=1"\nwhy = "It', "environment: it should be a table"),
        ('why = "It', 'environment = { "A=B" = "1" }\nwhy = "It', "environment"),
        ('why = "It', 'environment = { A = "\\u0000" }\nwhy = "It', "environment.A"),
        ('why = "It', 'environment = { DATABASE_URL = "x" }\nwhy = "It', "DATABASE_URL is set by the harness"),
        ('why = "It', 'environment = { WORKERS = "4" }\nwhy = "It', "WORKERS"),
        ('family = "micro"', 'family = "micro"\npackage = "My Framework"', "tool.bench.package"),
        ("[tool.bench]\n", "[tool.bench]\nspeed = 11\n", "tool.bench.speed: there is no such field"),
        ('title = "Tiny"\n', "", "tool.bench.title: it is missing"),
        ("[tool.bench.variants.default]", "[[tool.bench.variants]]", "tool.bench.variants: it should be a table"),
        ('requires-python = ">=3.13"', "requires-python = 3.13", "project.requires-python is no text"),
    ],
)
def test_what_is_wrong_with_a_field_is_said_in_plain_words(make_app: MakeApp, old: str, new: str, named: str) -> None:
    assert old in MANIFEST
    with pytest.raises(ManifestError) as refused:
        read_app(make_app(MANIFEST.replace(old, new)))
    assert named in refused.value.what
    assert "tuple" not in refused.value.what
    assert "pyproject.toml" in refused.value.what


TOLD_TO_SERVERS = contract_variables(
    Variant(server="x", interface=Interface.NATIVE, command=("x",), why="x"),
    Subject(app="tiny", variant="default"),
    "127.0.0.1",
    8000,
    hash_seed=1,
    database_url="postgresql://",
)


@pytest.mark.parametrize("name", TOLD_TO_SERVERS)
def test_what_the_harness_tells_each_server_is_set_by_no_manifest_and_no_server_file(
    make_app: MakeApp, tmp_path: Path, name: str
) -> None:
    said = f"environment: {name} is set by the harness"
    line = f'environment = {{ {name} = "4" }}\nwhy = '
    with pytest.raises(ManifestError) as refused:
        read_app(make_app(MANIFEST.replace("why = ", line)))
    assert f"tool.bench.variants.default.{said}" in refused.value.what
    file = tmp_path / "mine.toml"
    file.write_text(SERVER.replace("why = ", line))
    with pytest.raises(ManifestError) as refused:
        read_server(file)
    assert refused.value.what == f"{file}, line 9: wsgi.{said}"


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ('tool = "x"', "tool should be a table, and is a text"),
        ("tool.bench = 1", "tool.bench should be a table, and is a number"),
        (MANIFEST.replace("[project]", "[[project]]"), "project should be a table, and is a list"),
        ("project = []\n" + MANIFEST[MANIFEST.index("[tool.") :], "project should be a table, and is a list"),
        ("a = " + "9" * 5000, "4300"),
        ("a = " + "[" * 5000, "recursion"),
        ("a = 1 # " + "x" * LONGEST_BYTES, "1,048,576 bytes"),
        (b"title = '\xe4'", "utf-8"),
        ("", "no [tool.bench] table"),
    ],
)
def test_a_file_of_another_shape_is_one_error(make_app: MakeApp, document: str | bytes, named: str) -> None:
    with pytest.raises(ManifestError) as refused:
        read_app(make_app(document))
    assert named in refused.value.what
    assert refused.value.hint


@pytest.mark.parametrize("name", ["Odd_app", "_app", "9_app", "a b_app", "ü_app", b"caf\xe9_app", "x" * 41 + "_app"])
def test_a_folder_whose_name_is_no_name_of_an_app_is_named_as_what_it_is(
    make_app: MakeApp, tmp_path: Path, name: str | bytes
) -> None:
    make_app(MANIFEST, name)
    with pytest.raises(ManifestError, match="its folder") as refused:
        discover((tmp_path,))
    assert "tool.bench" not in refused.value.what
    assert "rename the folder" in refused.value.hint
    str(refused.value).encode()


def test_a_path_that_is_no_utf_8_is_named(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9") / "tiny_app"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(MANIFEST.replace("]", "", 1))
    with pytest.raises(ManifestError, match=r"caf\\xe9") as refused:
        read_app(folder)
    str(refused.value).encode()
    (folder / "pyproject.toml").write_text(MANIFEST)
    (folder / "uv.lock").touch()
    with pytest.raises(ManifestError, match=r"caf\\xe9") as refused:
        make_environment(read_app(folder), tmp_path)
    str(refused.value).encode()


def test_a_folder_that_may_not_be_looked_into_is_named_and_not_passed_over(make_app: MakeApp) -> None:
    bench = Path(sys.executable).parent / "bench"
    with folder_for_all() as place:
        folder = Path(shutil.move(make_app(MANIFEST), place))
        folder.chmod(0)
        command = (*as_stranger(), str(bench), "list", "apps", "--apps-dir", str(place))
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place)
    assert done.returncode == 2, done.stderr
    assert "tiny_app/pyproject.toml can't be read: Permission denied" in done.stderr
