"""A name that is spelt wrongly is refused, and the error names the one that is most like it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalog.app_folders import APPS_FOLDER
from harness.catalog.discover import discover, find_app, read_app
from harness.catalog.selection import choose
from harness.model.cell import Subject
from harness.model.errors import ManifestError, UsageError
from harness.model.host import CpuLayout
from harness.model.plan import ProfileName
from harness.plan.build import Choices, build_plan
from harness.runtime.local.server import Launch, Server
from tests.unit.catalog.test_discover import MANIFEST

LOCK = """version = 1

[[package]]
name = "litestar"
version = "2.0"

[[package]]
name = "msgspec"
version = "0.20"
"""
LINK = "https://example.org/issues/1"
WITH_PACKAGE = MANIFEST.replace('family = "micro"', 'family = "micro"\npackage = "litestar"')

type MakeApp = Callable[..., Path]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    def make(manifest: str, name: str = "tiny") -> Path:
        folder = tmp_path / f"{name}_app"
        folder.mkdir()
        (folder / "pyproject.toml").write_text(manifest)
        (folder / "uv.lock").write_text(LOCK)
        return folder

    return make


@pytest.mark.parametrize(
    ("old", "new", "place", "meant"),
    [
        ('package = "litestar"', 'package = "litestarr"', "tool.bench.package", "litestar"),
        ('family = "micro"', 'family = "mirco"', "tool.bench.family", "micro"),
        ('endpoints = ["hello"]', 'endpoints = ["helo"]', "tool.bench.endpoints, entry 1", "hello"),
        ('package = "litestar"', 'packge = "litestar"', "tool.bench.packge", "package"),
        ("command =", "comand =", "tool.bench.variants.default.comand", "command"),
        ('interface = "native"', 'interface = "natve"', "tool.bench.variants.default.interface", "native"),
        ('interface = "native"', 'interface = "WSGI"', "tool.bench.variants.default.interface", "wsgi"),
        ('family = "micro"', 'family = "Full-Stack"', "tool.bench.family", "full-stack"),
        ('endpoints = ["hello"]', 'endpoints = ["DB"]', "tool.bench.endpoints, entry 1", "db"),
        ('why = "It', 'keep_alive = "Mixed"\nwhy = "It', "tool.bench.variants.default.keep_alive", "mixed"),
        ('family = "micro"', 'family = "micro"\norm = "None"', "tool.bench.orm", "none"),
        ('family = "micro"', 'family = "micro"\nbuilt_on = "Starlette"', "tool.bench.built_on", "starlette"),
        ('also = ["controlled"]', 'also = ["Controlled"]', "tool.bench.variants.default.also, entry 1", "controlled"),
        ("variants.default]", "variants.DEFAULT]", "tool.bench.variants.DEFAULT", "default"),
        ("title =", "TITLE =", "tool.bench.TITLE", "title"),
        (
            'family = "micro"',
            'family = "micro"\nnot_offered = { Chat = { why = "-" } }',
            "tool.bench.not_offered.Chat",
            "chat",
        ),
        (
            'family = "micro"',
            'family = "micro"\nnot_offered = { chat = { wy = "-" } }',
            "tool.bench.not_offered.chat.wy",
            "why",
        ),
        ('family = "micro"', f'family = "micro"\ndeviates = {{ HEAD = "{LINK}" }}', "tool.bench.deviates.HEAD", "head"),
        ('family = "micro"', 'family = "micro"\nserializer = "msgpsec"', "tool.bench.serializer", "msgspec"),
        ('family = "micro"', 'family = "micro"\norm = "litestra ORM"', "tool.bench.orm", "litestar"),
        ('why = "It', 'driver = "msgspce"\nwhy = "It', "tool.bench.variants.default.driver", "msgspec"),
        (
            'family = "micro"',
            'family = "micro"\nnot_offered = { chta = { why = "-" } }',
            "tool.bench.not_offered.chta",
            "chat",
        ),
        ('family = "micro"', f'family = "micro"\ndeviates = {{ haed = "{LINK}" }}', "tool.bench.deviates.haed", "head"),
    ],
)
def test_a_misspelt_name_in_a_manifest_is_refused_by_field_with_the_nearest(
    make_app: MakeApp, old: str, new: str, place: str, meant: str
) -> None:
    assert old in WITH_PACKAGE
    with pytest.raises(ManifestError) as refused:
        read_app(make_app(WITH_PACKAGE.replace(old, new)))
    told, *_ = refused.value.parts  # What is wrong with it as it is meant comes after that.
    assert re.search(rf"pyproject\.toml, line \d+: {re.escape(place)}: ", told.what)
    assert told.hint.startswith(f"is '{meant}' meant? ")


def test_a_choice_that_is_as_much_like_one_as_like_another_is_met_by_all_of_them(make_app: MakeApp) -> None:
    """RSGI is `native` here, which neither of the two that are like it is."""
    with pytest.raises(ManifestError) as refused:
        read_app(make_app(WITH_PACKAGE.replace('interface = "native"', 'interface = "rsgi"')))
    assert refused.value.what.endswith("it should be one of: wsgi, asgi, native")
    assert "meant?" not in refused.value.hint


def test_a_distribution_is_found_however_its_name_is_written(make_app: MakeApp) -> None:
    assert read_app(make_app(WITH_PACKAGE.replace('package = "litestar"', 'package = "LiteStar"')))


def test_a_distribution_that_is_like_none_says_how_it_is_added(make_app: MakeApp) -> None:
    with pytest.raises(ManifestError) as refused:
        read_app(make_app(WITH_PACKAGE.replace('package = "litestar"', 'package = "quart"')))
    assert refused.value.what.endswith("no distribution 'quart' is in its uv.lock")
    assert "uv add --project" in refused.value.hint


def built_on(layer: str) -> str:
    return MANIFEST.replace('family = "micro"', f'family = "micro"\nbuilt_on = "{layer}"')


@pytest.mark.parametrize(
    ("layer", "said"),
    [("djanog", "is 'django' meant? "), ("xyz", "name the app")],
)
def test_a_layer_that_is_no_app_is_refused(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layer: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    make_app(MANIFEST, "django")
    make_app(built_on(layer))
    with pytest.raises(ManifestError) as refused:
        discover((tmp_path,))
    told = f"tiny_app/pyproject.toml, line 9: tool.bench.built_on: there is no other app '{layer}'"
    assert told in refused.value.what
    assert refused.value.hint.startswith(said)
    assert "django" in refused.value.hint


def test_an_app_is_not_built_on_itself(make_app: MakeApp, tmp_path: Path) -> None:
    make_app(built_on("tiny"))
    with pytest.raises(ManifestError, match="built_on: an app can't be built on itself"):
        discover((tmp_path,))


def test_a_layer_whose_framework_the_app_does_not_have_is_refused(make_app: MakeApp, tmp_path: Path) -> None:
    make_app(MANIFEST.replace('family = "micro"', 'family = "micro"\npackage = "django"'), "layer")
    locks = {name: f'version = 1\n\n[[package]]\nname = "{name}"\nversion = "1.0"\n' for name in ("django", "flask")}
    (tmp_path / "layer_app" / "uv.lock").write_text(locks["django"])
    upper = make_app(built_on("layer")) / "uv.lock"
    upper.write_text(locks["flask"])
    with pytest.raises(ManifestError) as refused:
        discover((tmp_path,))
    told = "line 9: tool.bench.built_on: django, the framework of 'layer', is not in its uv.lock"
    assert refused.value.what.endswith(told)
    assert refused.value.hint.endswith("or leave the field out")
    left_out: list[str] = []
    assert [app.name for app in discover((tmp_path,), ("layer",), left_out.append)] == ["layer"]
    assert left_out[0].endswith(told)
    upper.write_text(locks["django"])
    assert [app.name for app in discover((tmp_path,))] == ["layer", "tiny"]


@pytest.mark.parametrize("where", ["beside it", "in the usual folder"])
def test_a_layer_need_not_be_among_the_apps_that_were_asked_for(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.chdir(tmp_path)
    layer = make_app(MANIFEST, "layer")
    if where == "in the usual folder":
        (tmp_path / APPS_FOLDER).mkdir()
        layer.rename(tmp_path / APPS_FOLDER / layer.name)
    assert [app.name for app in discover((make_app(built_on("layer")),))] == ["tiny"]


def test_a_misspelt_app_or_variant_is_refused_with_the_nearest(make_app: MakeApp, tmp_path: Path) -> None:
    make_app(MANIFEST)
    apps = discover((tmp_path,))
    cpus = CpuLayout(server=(0,), generator=(1,), database=(1,))
    attempts: list[Callable[[], object]] = [
        lambda: choose(apps, ["tinny"]),
        lambda: find_app((tmp_path,), "tinny_app"),
    ]
    for attempt in attempts:
        with pytest.raises(UsageError) as refused:
            attempt()
        assert refused.value.hint.startswith("is 'tiny' meant? ")
    with pytest.raises(UsageError, match="is 'default' meant"):
        build_plan(apps, Choices(profile=ProfileName.SMOKE, variants=("defualt",)), cpus)


def test_a_misspelt_program_is_refused_with_the_nearest(make_app: MakeApp, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "gunicorn").touch()
    app = read_app(make_app(MANIFEST.replace('"python"', '"gunicron"')))
    launch = Launch(subject=Subject(app="tiny", variant="default"), app=app, programs=programs, cpus=(0,), hash_seed=0)
    with pytest.raises(ManifestError, match="has no program 'gunicron'") as refused:
        Server(launch, log=tmp_path / "log", ledger=None)
    assert refused.value.hint.startswith("is 'gunicorn' meant? ")
