"""`controlled` is one server for each interface, with the same flags for every app."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.catalog.shared_server import shared_server
from harness.model.app import Interface
from harness.model.errors import ManifestError
from tests.unit.catalog.test_discover import MANIFEST

type Deploy = Callable[..., Path]


def test_a_native_app_has_no_controlled_server_but_its_own_may_stand_in(deploy: Deploy) -> None:
    with pytest.raises(ManifestError) as refused:
        read_app(deploy("native", "its own", ["python", "app.py"], "controlled"))
    assert "native apps share none" in refused.value.what
    assert 'also = ["controlled"]' in refused.value.hint


@pytest.fixture
def deploy(tmp_path: Path) -> Deploy:
    def make(interface: str, server: str, command: list[str], name: str, also: str = "") -> Path:
        folder = tmp_path / "tiny_app"
        folder.mkdir()
        manifest = (
            MANIFEST.replace('server = "its own"', f'server = "{server}"')
            .replace('interface = "native"', f'interface = "{interface}"')
            .replace('command = ["python", "app.py"]', f"command = {command}")
            .replace("variants.default", f"variants.{name}")
            .replace('also = ["controlled"]', also)
        )
        (folder / "pyproject.toml").write_text(manifest)
        (folder / "uv.lock").write_text("version = 1\n")
        return folder

    return make


GRANIAN = ["granian", "--interface", "asgi", "--host", "${HOST}", "--port", "${PORT}", "app:app"]
GUNICORN = ["gunicorn", "--workers", "${WORKERS}", "--bind", "${HOST}:${PORT}", "app:app"]
ALSO = 'also = ["controlled"]'


@pytest.mark.parametrize(
    ("interface", "server", "command", "name", "also", "place", "means"),
    [
        ("asgi", "granian", GRANIAN, "controlled", "", "variants.controlled", "`controlled` means uvicorn"),
        ("asgi", "granian", GRANIAN, "default", ALSO, "variants.default.also", "`controlled` means uvicorn"),
        ("wsgi", "gunicorn sync", GUNICORN, "controlled", "", "variants.controlled", "means gunicorn gthread"),
        ("wsgi", "gunicorn gthread", GUNICORN, "controlled", "", "variants.controlled", "gthread with other flags"),
    ],
)
def test_controlled_on_another_server_is_refused(  # noqa: PLR0913, PLR0917 - a row of the table
    deploy: Deploy, interface: str, server: str, command: list[str], name: str, also: str, place: str, means: str
) -> None:
    with pytest.raises(ManifestError) as refused:
        read_app(deploy(interface, server, command, name, also))
    assert f"tool.bench.{place}: " in refused.value.what
    assert means in refused.value.what
    assert f"`{server.split(maxsplit=1)[0]}`" in refused.value.hint, "it says how to name it instead"
    assert "APPLICATION" in refused.value.hint


WSGI, ASGI = (shared.command if (shared := shared_server(each)) else () for each in (Interface.WSGI, Interface.ASGI))


def changed(command: Sequence[str], old: str, new: str) -> list[str]:
    """The command with some of its words replaced."""
    text = " ".join(command)
    assert old in text
    return text.replace(old, new).split()


@pytest.mark.parametrize(
    ("interface", "command", "differs"),
    [
        ("wsgi", changed(WSGI, "--threads 16", "--threads 4"), "`--threads 4`, where `--threads 16` belongs"),
        ("wsgi", changed(WSGI, "${WORKERS}", "4"), "`--workers 4`, where `--workers ${WORKERS}` belongs"),
        ("wsgi", changed(WSGI, "--keep-alive 75 ", ""), "no `--keep-alive 75`"),
        ("wsgi", changed(WSGI, "--no-control-socket ", ""), "no `--no-control-socket`"),
        ("wsgi", changed(WSGI, "app:app", "--preload app:app"), "`--preload`, which does not belong there"),
        ("wsgi", changed(WSGI, "app:app", "--preload config.wsgi"), "`--preload`, which does not belong there"),
        ("wsgi", changed(WSGI, "app:app", "--backlog 9 app:app"), "`--backlog 9`, which does not belong there"),
        ("wsgi", changed(WSGI, "app:app", "--threads 16 app:app"), "`--threads 16` more than once"),
        (
            "wsgi",
            changed(WSGI, "--threads 16", "--threads=16"),
            "the same flags, in another order or written otherwise",
        ),
        ("wsgi", changed(WSGI, " app:app", ""), "no word that says where the application is"),
        ("wsgi", changed(WSGI, "app:app", "app:app extra"), "`app:app` and `extra`, where one word says where the"),
        ("asgi", changed(ASGI, "--loop uvloop", "--loop=asyncio"), "`--loop asyncio`, where `--loop uvloop` belongs"),
        ("asgi", changed(ASGI, "app:app", "--factory app:app"), "`--factory`, which does not belong there"),
        (
            "asgi",
            changed(ASGI, "75 --timeout-graceful-shutdown 5", "5"),
            "`--timeout-keep-alive 5`, where `--timeout-keep-alive 75` belongs; no `--timeout-graceful-shutdown 5`",
        ),
    ],
)
def test_a_flag_that_makes_it_another_deployment_is_named(
    deploy: Deploy, interface: str, command: list[str], differs: str
) -> None:
    server = "uvicorn" if interface == "asgi" else "gunicorn gthread"
    with pytest.raises(ManifestError) as refused:
        read_app(deploy(interface, server, command, "controlled"))
    told = refused.value.what.partition(f"this is {server} with other flags: ")[2]
    assert told.startswith(differs)
    assert told.count(";") == differs.count(";"), "and no other flag"


def test_the_shared_servers_command_under_another_name_is_told_by_that(deploy: Deploy) -> None:
    with pytest.raises(ManifestError, match='this is its command, and server = "Uvicorn"'):
        read_app(deploy("asgi", "Uvicorn", list(ASGI), "controlled"))


def test_another_kind_of_worker_is_named_as_a_flag(deploy: Deploy) -> None:
    command = changed(WSGI, "--worker-class gthread", "--worker-class sync")
    with pytest.raises(ManifestError, match="`--worker-class sync`, where `--worker-class gthread` belongs"):
        read_app(deploy("wsgi", "gunicorn sync", command, "controlled"))


@pytest.mark.parametrize("interface", [Interface.WSGI, Interface.ASGI])
def test_the_shared_server_is_taken_wherever_the_application_is(deploy: Deploy, interface: Interface) -> None:
    shared = shared_server(interface)
    assert shared is not None
    command = [word.replace("app:app", "config.wsgi:create()") for word in shared.command]
    assert read_app(deploy(interface.value, shared.server, command, "controlled"))


def test_any_server_is_taken_under_another_name_and_for_a_native_app(deploy: Deploy) -> None:
    assert read_app(deploy("asgi", "granian", GRANIAN, "granian")).variant("granian").server == "granian"
    assert shared_server(Interface.NATIVE) is None


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        (
            'PYTHONOPTIMIZE = "2", UVICORN_LIMIT_CONCURRENCY = "500", PYTHONPATH = "/tmp"',
            "PYTHONOPTIMIZE and PYTHONPATH",
        ),
        ('LD_PRELOAD = "/lib/other.so"', "LD_PRELOAD changes"),
        ('PYTHONPATH = "src:../other"', "PYTHONPATH changes"),
        ('WEB_CONCURRENCY = "4"', "WEB_CONCURRENCY changes"),
    ],
)
def test_what_a_flag_may_not_do_a_variable_may_not_either(deploy: Deploy, environment: str, named: str) -> None:
    with pytest.raises(ManifestError) as refused:
        read_app(with_environment(deploy, "controlled", environment))
    assert "tool.bench.variants.controlled.environment: " in refused.value.what
    assert named in refused.value.what
    assert "PYTHONPATH within the app's folder" in refused.value.hint


@pytest.mark.parametrize(
    "environment", ['PYTHONPATH = "."', 'PYTHONPATH = "src:lib"', 'DJANGO_SETTINGS_MODULE = "site"']
)
def test_where_the_app_has_its_own_code_and_settings_is_its_own(deploy: Deploy, environment: str) -> None:
    assert read_app(with_environment(deploy, "controlled", environment))


def test_another_deployment_has_the_variables_that_it_needs(deploy: Deploy) -> None:
    assert read_app(with_environment(deploy, "default", 'PYTHONOPTIMIZE = "2"'))


def with_environment(deploy: Deploy, name: str, environment: str) -> Path:
    shared = shared_server(Interface.ASGI)
    assert shared is not None
    folder = deploy("asgi", shared.server, list(shared.command), name)
    manifest = folder / "pyproject.toml"
    text = manifest.read_text()
    text = "\n".join(line for line in text.splitlines() if not line.startswith("environment"))
    manifest.write_text(text.replace(f"variants.{name}]", f"variants.{name}]\nenvironment = {{ {environment} }}"))
    return folder


@pytest.mark.parametrize("server", [" ", "\\t", "\u00a0"])
@pytest.mark.parametrize(("name", "also"), [("controlled", ""), ("default", ALSO)])
def test_a_server_without_a_name_is_refused_for_that_alone(deploy: Deploy, server: str, name: str, also: str) -> None:
    folder = deploy("asgi", server, GRANIAN, name, also)
    with pytest.raises(ManifestError) as refused:
        read_app(folder)
    assert refused.value.what == (
        f"{folder / 'pyproject.toml'}, line 12: tool.bench.variants.{name}.server: it should not be empty, and has "
        "white space alone"
    )
