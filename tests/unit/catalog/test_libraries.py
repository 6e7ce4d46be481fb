"""Which ORM, driver and serializer an app has is said in its manifest, and held against its lock."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalog.discover import discover, read_app
from harness.model.app import DATABASE_ENDPOINTS, JSON_ENDPOINTS, App
from harness.model.errors import ManifestError
from tests.unit.catalog.test_discover import MANIFEST

SHIPPED = discover((Path(__file__).parents[3] / "apps",))
LOCK = 'version = 1\n\n[[package]]\nname = "psycopg"\nversion = "3.3.9"\n\n[[package]]\nname = "sqlalchemy"\n'
VARIANT = "[tool.bench.variants.default]\n"

type MakeApp = Callable[[str, str], Path]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    def make(of_app: str, of_variant: str) -> Path:
        folder = tmp_path / "tiny_app"
        folder.mkdir()
        manifest = MANIFEST.replace('title = "Tiny"\n', f'title = "Tiny"\n{of_app}\n')
        (folder / "pyproject.toml").write_text(manifest.replace(VARIANT, f"{VARIANT}{of_variant}\n"))
        (folder / "uv.lock").write_text(LOCK)
        return folder

    return make


@pytest.mark.parametrize("app", SHIPPED, ids=[app.name for app in SHIPPED])
def test_each_app_says_them_wherever_it_is_deployed(app: App) -> None:
    for variant in app.deployments:
        libraries = app.libraries(variant)
        if DATABASE_ENDPOINTS & set(app.manifest.endpoints):
            assert libraries.orm, variant
            assert libraries.driver, variant
        if JSON_ENDPOINTS & set(app.manifest.endpoints):
            assert libraries.serializer, variant


def test_what_django_does_without_its_orm_passes_through_none() -> None:
    (django,) = (app for app in SHIPPED if app.name == "django")
    assert django.libraries("controlled").has_orm
    assert not django.libraries("sql").has_orm
    assert django.libraries("sql").driver == django.libraries("controlled").driver


def test_a_variant_says_what_is_its_own_and_has_the_rest_of_the_app(make_app: MakeApp) -> None:
    app = read_app(make_app('driver = "psycopg 3"\norm = "none"\nserializer = "json"', 'orm = "SQLAlchemy"'))
    said = app.libraries("default")
    assert (said.orm, said.driver, said.serializer) == ("SQLAlchemy", "psycopg 3", "json")


def test_a_variant_has_what_is_in_its_own_packages_too(make_app: MakeApp) -> None:
    app = read_app(make_app("", 'orm = "Peewee 4"\npackages = { peewee = "4.0.1" }'))
    assert app.libraries("default").orm == "Peewee 4"
    assert app.packages("default") == {"peewee": "4.0.1"}


@pytest.mark.parametrize(
    ("of_app", "of_variant", "told"),
    [
        ("", 'orm = "Peewee 3"\npackages = { peewee = "4.0.1" }', "it has peewee 4.0.1, and not 3"),
        ("", 'packages = { PeeWee = "4.0.1" }', "tool.bench.variants.default.packages.PeeWee: indexes call it peewee"),
        ('driver = "psycop 3"', "", "tool.bench.driver: 'psycop' is no distribution that it has"),
        ('driver = "none"', "", "tool.bench.driver: 'none' is no distribution"),
        ('driver = "psycopg 2"', "", "tool.bench.driver: it has psycopg 3.3.9, and not 2"),
        ('driver = "psycopg 3.3.90"', "", "has psycopg 3.3.9, and not 3.3.90"),
        ('serializer = "orjson"', "", "tool.bench.serializer: 'orjson' is no distribution"),
        ("", 'orm = "Django ORM"', "tool.bench.variants.default.orm: 'Django' is no distribution"),
        ("", 'orm = ""', "tool.bench.variants.default.orm"),
    ],
)
def test_what_the_app_does_not_have_is_refused(make_app: MakeApp, of_app: str, of_variant: str, told: str) -> None:
    with pytest.raises(ManifestError) as refused:
        read_app(make_app(of_app, of_variant))
    assert told in refused.value.what


@pytest.mark.parametrize(
    ("loads", "serializer", "told"),
    [
        ('["msgspek"]', "json", "also_loads, entry 1: nothing asks whether 'msgspek' writes JSON"),
        ('["ujson", "orjson"]', "json", "also_loads, entry 1: 'ujson' is no distribution that it has"),
        ('["OrJson"]', "orjson 3", "also_loads, entry 1: 'OrJson' is said to write the JSON, by `serializer`"),
        ('["orjson", "orjson"]', "json", "also_loads: 'orjson' stands twice"),
        ('["orjson"]', "json", ""),
        ('["msgspec"]', "json", ""),
    ],
)
def test_what_it_loads_for_something_else_has_to_be_there_and_to_be_asked_about(
    make_app: MakeApp, loads: str, serializer: str, told: str
) -> None:
    folder = make_app(f'also_loads = {loads}\nserializer = "{serializer}"', 'packages = { msgspec = "0.20.0" }')
    lock = folder / "uv.lock"
    lock.write_text(f'{lock.read_text()}\n[[package]]\nname = "orjson"\nversion = "3.11.5"\n')
    if not told:
        assert read_app(folder).manifest.also_loads
        return
    with pytest.raises(ManifestError) as refused:
        read_app(folder)
    assert told in refused.value.what
    assert "msgspek" not in told or "is 'msgspec' meant?" in refused.value.hint


DEPENDENCIES = 'requires-python = ">=3.13"\ndependencies = ["psycopg[binary]>=4", "Orjson>=3", "flask"]'


@pytest.mark.parametrize(
    "line", ['package = "flask"', 'serializer = "orjson 3"', 'driver = "psycopg 4"', 'package = "starlette"']
)
def test_what_was_not_locked_yet_is_told_as_that(make_app: MakeApp, line: str) -> None:
    folder = make_app(line, "")
    file = folder / "pyproject.toml"
    file.write_text(file.read_text().replace('requires-python = ">=3.13"', DEPENDENCIES))
    with pytest.raises(ManifestError) as refused:
        read_app(folder)
    assert refused.value.what == (
        f"{folder / 'uv.lock'} is out of date: project.dependencies has psycopg[binary]>=4, Orjson>=3, flask, "
        "and the lock psycopg 3.3.9, no orjson, no flask"
    )
    assert refused.value.hint == f"run: uv lock --project {folder}"


def test_all_locks_that_are_out_of_date_are_told_at_once_each_with_its_command(
    make_app: MakeApp, tmp_path: Path
) -> None:
    folder = make_app('package = "flask"\ndriver = "psycopg 4"', "")
    file = folder / "pyproject.toml"
    file.write_text(file.read_text().replace('requires-python = ">=3.13"', DEPENDENCIES))
    others = [tmp_path / "all" / f"{name}_app" for name in ("one", "two", "three")]
    for other in others:
        shutil.copytree(folder, other)
    with pytest.raises(ManifestError) as refused:
        discover((tmp_path / "all",))
    assert refused.value.what.startswith("the locks of 3 apps are out of date:")
    for other in others:
        assert refused.value.what.count(f"{other / 'uv.lock'} is out of date") == 1
        assert f"hint: run: uv lock --project {other}" in refused.value.what
    only, *rest = others
    for other in rest:
        shutil.rmtree(other)
    with pytest.raises(ManifestError) as refused:
        discover((tmp_path / "all",))
    assert refused.value.what.startswith(f"{only / 'uv.lock'} is out of date: ")
    assert refused.value.hint == f"run: uv lock --project {only}"


@pytest.mark.parametrize(
    "dependencies",
    ['["psycopg>=3.3"]', '["waitress; os_name == \'nt\'", "sqlalchemy>=2"]', '["no requirement", 3]', '"x"'],
)
def test_a_lock_that_is_not_out_of_date_is_not_blamed(make_app: MakeApp, dependencies: str) -> None:
    folder = make_app('driver = "asyncpg"', "")
    file = folder / "pyproject.toml"
    file.write_text(file.read_text().replace("requires-python", f"dependencies = {dependencies}\nrequires-python"))
    with pytest.raises(ManifestError, match="'asyncpg' is no distribution that it has"):
        read_app(folder)
