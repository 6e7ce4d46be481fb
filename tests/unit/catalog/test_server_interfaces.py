"""A server that calls apps by one interface is not said to call them by another."""

from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.catalog.server_interfaces import spoken_by
from harness.catalog.servers import read_server
from harness.model.app import Interface, Variant
from harness.model.errors import ManifestError
from tests.unit.catalog.test_discover import MANIFEST

UVICORN_WORKER = "gunicorn -k uvicorn.workers.UvicornWorker app:app"


def manifest(interface: str, command: str, server: str = "its own", more: str = "") -> str:
    return (
        MANIFEST.replace('interface = "native"', f'interface = "{interface}"\n{more}')
        .replace('command = ["python", "app.py"]', f"command = {command.split()}")
        .replace('server = "its own"', f'server = "{server}"')
        .replace('also = ["controlled"]', "")
    )


def make_app(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "tiny_app"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(text)
    (folder / "uv.lock").write_text("version = 1\n")
    return folder


@pytest.mark.parametrize(
    ("interface", "command", "told", "right"),
    [
        ("native", "gunicorn app:app", "gunicorn with sync workers calls apps by WSGI", "wsgi"),
        ("native", "gunicorn --worker-class gthread app:app", "gunicorn with gthread workers calls apps by", "wsgi"),
        ("native", "gunicorn --worker-class=gevent app:app", "gunicorn with gevent workers", "wsgi"),
        ("asgi", "gunicorn -kgthread app:app", "gunicorn with gthread workers", "wsgi"),
        ("wsgi", UVICORN_WORKER, "gunicorn with uvicorn.workers.UvicornWorker workers calls apps by ASGI", "asgi"),
        ("native", "uvicorn app:app", "uvicorn calls apps by ASGI, and this says native", "asgi"),
        ("wsgi", "uvicorn app:app", "uvicorn calls apps by ASGI, and this says wsgi", "asgi"),
        ("asgi", "uvicorn --interface wsgi app:app", "uvicorn calls apps by WSGI", "wsgi"),
        ("native", "python -m uvicorn app:app", "uvicorn calls apps by ASGI", "asgi"),
        ("native", "/opt/bin/daphne app:app", "daphne calls apps by ASGI", "asgi"),
        ("asgi", "waitress-serve app:app", "waitress-serve calls apps by WSGI", "wsgi"),
        ("asgi", "granian app:app", "granian calls apps by RSGI, which is native", "native"),
        ("native", "granian --interface asgi app:app", "granian calls apps by ASGI", "asgi"),
        ("wsgi", "hypercorn asgi:app:app", "hypercorn calls apps by ASGI", "asgi"),
    ],
)
def test_another_interface_than_the_servers_is_refused_with_the_right_one(
    tmp_path: Path, interface: str, command: str, told: str, right: str
) -> None:
    with pytest.raises(ManifestError) as refused:
        read_app(make_app(tmp_path, manifest(interface, command)))
    assert f": tool.bench.variants.default.interface: {told}" in refused.value.what
    assert ", line " in refused.value.what
    assert refused.value.hint.startswith(f'write interface = "{right}"')


@pytest.mark.parametrize("server", ["uvicorn", "Uvicorn 0.54", "Hypercorn", "waitress"])
def test_a_server_that_the_app_starts_by_itself_is_known_by_its_name(tmp_path: Path, server: str) -> None:
    with pytest.raises(ManifestError, match=r"variants\.default\.interface: (uvicorn|hypercorn|waitress) calls apps"):
        read_app(make_app(tmp_path, manifest("native", "python app.py", server)))


@pytest.mark.parametrize(
    ("interface", "command", "more"),
    [
        ("native", "gunicorn -k aiohttp.GunicornWebWorker app:app", ""),
        ("native", "gunicorn -k tornado app:app", ""),
        ("native", "gunicorn -c settings.py app:app", ""),
        ("native", "gunicorn app:app", 'environment = { GUNICORN_CMD_ARGS = "-k app.Worker" }'),
        ("wsgi", "uvicorn app:app", 'environment = { UVICORN_INTERFACE = "wsgi" }'),
        ("asgi", "gunicorn --worker-class asgi app:app", ""),
        ("wsgi", "hypercorn app:app", ""),
        ("native", "granian app:app", ""),
        ("native", "sanic app:app", ""),
        ("native", "python app.py", ""),
        ("wsgi", "python", ""),
    ],
)
def test_what_can_not_be_told_is_left_to_the_manifest(tmp_path: Path, interface: str, command: str, more: str) -> None:
    assert read_app(make_app(tmp_path, manifest(interface, command, more=more)))


def test_a_file_beside_the_app_may_choose_other_workers(tmp_path: Path) -> None:
    folder = make_app(tmp_path, manifest("native", "gunicorn app:app"))
    (folder / "gunicorn.conf.py").write_text('worker_class = "aiohttp.GunicornWebWorker"\n')
    assert read_app(folder)


def test_sites_are_held_to_it_too(tmp_path: Path) -> None:
    site = (
        '\n[tool.bench.bare_site]\nserver = "uvicorn"\ninterface = "native"\ncommand = ["uvicorn", "a:b"]\nwhy = "x"\n'
    )
    with pytest.raises(ManifestError, match=r"tool\.bench\.bare_site\.interface: uvicorn calls apps by ASGI"):
        read_app(make_app(tmp_path, MANIFEST + site))


def test_a_shared_server_stands_in_the_table_of_its_interface(tmp_path: Path) -> None:
    shipped = (Path(__file__).parents[3] / "apps" / "servers" / "waitress.toml").read_text(encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text(shipped.replace("[wsgi]", "[asgi]"))
    with pytest.raises(ManifestError, match=r"line \d+: asgi: waitress-serve calls apps by WSGI") as refused:
        read_server(file)
    assert "[wsgi]" in refused.value.hint


def test_a_command_that_is_odd_is_no_error() -> None:
    for command in (("gunicorn", "-k"), ("python", "-m"), ("/",), ("uvicorn", "--interface")):
        spoken_by(Variant(server=" ", interface=Interface.NATIVE, command=command, why="x"))
