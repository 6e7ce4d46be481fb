"""`bench new` for frameworks that are not in the repository, with the real package index."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

type Bench = Callable[..., subprocess.CompletedProcess[str]]
type MakeApp = Callable[..., Path]

SHIPPED = Path(__file__).parents[3] / "apps"


@pytest.fixture
def apps(tmp_path: Path) -> Path:
    folder = tmp_path / "apps"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("arguments", "folder", "title", "told"),
    [
        (("morepath",), "morepath_app", "Morepath (scaffold)", "WSGI (morepath.app.App is called by WSGI)"),
        (("litestar",), "litestar_app", "Litestar (scaffold)", "ASGI (litestar.app.Litestar is called by ASGI)"),
        (("aiohttp", "--interface", "native"), "aiohttp_app", "aiohttp (scaffold)", "native (as asked)"),
        (
            ("falcon-wsgi", "--package", "falcon>=4", "--interface", "wsgi"),
            "falcon-wsgi_app",
            "Falcon (scaffold)",
            "WSGI (as asked)",
        ),
        (
            ("quart", "--like", "starlette", "--package", "quart", "--apps-dir", "apps", "--apps-dir", str(SHIPPED)),
            "quart_app",
            "Quart (copy of Starlette)",
            "starlette",
        ),
    ],
)
def test_a_new_app_keeps_the_contract_for_hello_and_json(  # noqa: PLR0913 - what is typed, and what comes of it
    apps: Path, bench: Bench, arguments: tuple[str, ...], *, folder: str, title: str, told: str
) -> None:
    made = bench("new", *arguments)
    assert made.returncode == 0, made.stderr
    assert made.stdout.strip() == f"apps/{folder}"
    assert told in made.stderr
    assert [path.name for path in apps.iterdir()] == [folder]
    assert f'title = "{title}"' in (apps / folder / "pyproject.toml").read_text()
    verified = bench("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "not declared: items, orders, db, queries, fortunes, wait, feed, chat" in verified.stdout


def test_a_copy_installs_what_the_copied_app_does_and_asks_no_index(apps: Path, bench: Bench) -> None:
    made = bench(
        *("new", "myapp", "--like", "flask", "--apps-dir", "apps", "--apps-dir", str(SHIPPED)),
        UV_OFFLINE="1",
        UV_NO_CACHE="1",
    )
    assert made.returncode == 0, made.stderr
    assert "a copy of the app flask, which installs what that does: flask 3." in made.stderr
    assert "--package DISTRIBUTION begins it with another framework's" in made.stderr
    manifest = (apps / "myapp_app" / "pyproject.toml").read_text()
    assert '"myapp"' not in manifest
    assert 'package = "flask"' in manifest


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("Falcon",), "can't be an app's name"),
        (("falcon",), "falcon.app.App is called by WSGI and falcon.asgi.app.App is called by ASGI"),
        (("aiohttp",), "add --interface wsgi, asgi, or native"),
        (("robyn",), "it installs the programs robyn and "),
        (("django-ninja",), "seems to be both WSGI and ASGI: it needs django"),
        (("litestar", "--like", "flusk"), "there is no app 'flusk'"),
        (("litestar", "--like", "flask", "--interface", "wsgi"), "exclude each other"),
        (("no-such-framework-here",), "--package"),
        (("litestar", "--package", "litestar>=2", "--apps-dir", "nowhere"), "there is no folder nowhere"),
        (("litestar", "--package", "--index-url=http://127.0.0.1:1"), "gives no '--index-url"),
    ],
)
def test_what_can_not_be_scaffolded_is_one_error_and_leaves_nothing(
    apps: Path, bench: Bench, arguments: tuple[str, ...], named: str
) -> None:
    done = bench("new", *arguments)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\nhint: ") == 1
    assert sum(line.startswith("error: ") for line in done.stderr.splitlines()) == 1
    assert named in done.stderr
    assert list(apps.iterdir()) == []


def test_a_folder_that_exists_is_left_alone(apps: Path, bench: Bench) -> None:
    (apps / "litestar_app").mkdir()
    done = bench("new", "litestar")
    assert done.returncode == 2
    assert "exists" in done.stderr
    assert list((apps / "litestar_app").iterdir()) == []


def test_an_app_that_does_not_start_shows_the_end_of_its_log(make_app: MakeApp, bench: Bench) -> None:
    make_app("broken", "crash_at_start")
    done = bench("verify")
    assert done.returncode == 3
    assert "FAILED broken/default" in done.stdout
    assert "its cupboard is bare" in done.stderr
    assert "Traceback" not in done.stdout


def test_an_app_that_answers_wrongly_is_told_what_was_asked_what_came_and_what_to_do(
    make_app: MakeApp, bench: Bench
) -> None:
    source = make_app("wrong") / "app.py"
    source.write_text(source.read_text().replace('"message": "Hello, World!"', '"message": "Hello, Welt!"'))
    done = bench("verify")
    assert done.returncode == 3
    assert "GET /json" in done.stdout
    assert "Hello, Welt!" in done.stdout
    assert '{"message": "Hello, World!"}' in done.stdout
    assert "hint: " in done.stdout
