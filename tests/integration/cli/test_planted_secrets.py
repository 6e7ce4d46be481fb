"""Secrets planted wherever a secret may be are in nothing that is shown or written, however an app gives them away."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from harness.ci import messages
from harness.comparison.across import compare
from harness.history.digest import read_digest
from harness.host.git import environment
from harness.model.claim import Metric
from harness.model.comparison import Figure, RunSummary
from harness.model.findings import Estimate
from harness.runtime.database.embedded import EmbeddedPostgres
from harness.runtime.ledger import Ledger

type MakeApp = Callable[..., Path]
type Bench = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.usefixtures("copied_clusters")

SECRETS = {
    "the password of the database": "Kq7vXt2m/Zr9:pW@4 n%h'8s",
    "a key in a manifest": 'h3Vb&Yc6wQ=Lz1<tG5x"D',
    "a file that git ignores": "Ru8kJn4sFe2oMi7a",
    "a folder that git ignores": "Wd5gTb9yHc3uPx6q",
    "a virtual environment": "Nv1zSl7fCj0rEk4m",
    "a file that nobody thought of ignoring": "Xo2iAq8dVg5bUt9w",
    "the database of the shell": "Bp6hLy3xKs7nRc1j",
    "a token of the shell": "Gm9eDf4vWz2kQo8a",
    "the index of packages": "Ti5uCx1sHn6jYb3r",
    "the container engine's host": "Zq4wFl8gMp0dVe7t",
    "a proxy": "Js7nOk3cIa9hBx5u",
    "the remote of the data branch": "Ey2tRv6mUd1fGw4z",
}
"""By where each is planted. Of none may even eight characters in a row be found."""

LEAKS = """
import os, sys
for name, value in os.environ.items():
    print(name, value, repr(value), file=sys.stderr, flush=True)
from urllib.parse import parse_qs, unquote, urlsplit
url = os.environ.get("DATABASE_URL", "")
password = parse_qs(urlsplit(url).query).get("password", ())
GIVEN_AWAY = "; ".join((url, unquote(url), *password, os.environ["SECRET_KEY"]))
print(GIVEN_AWAY, file=sys.stderr, flush=True)
"""
"""What an app does that was written for nobody but its author."""


def leaking(folder: Path) -> None:
    """Have the tiny app write all it knows to its log, and answer /db with it."""
    app = folder / "app.py"
    text = app.read_text().replace('b"not found")', 'f"not found: {GIVEN_AWAY}".encode())')
    assert "GIVEN_AWAY" in text
    app.write_text(LEAKS + text)
    manifest = folder / "pyproject.toml"
    key = SECRETS["a key in a manifest"]
    manifest.write_text(
        manifest.read_text()
        .replace('["hello", "json"]', '["hello", "db"]')
        .replace("environment = { ", f"environment = {{ SECRET_KEY = '{key}', ")
    )
    (folder / "local_settings.py").write_text(SECRETS["a file that git ignores"])
    (folder / "service-account.json").write_text(SECRETS["a file that nobody thought of ignoring"])
    for name, where in (("instance", "a folder that git ignores"), ("venv", "a virtual environment")):
        (folder / name).mkdir()
        (folder / name / "config.py").write_text(SECRETS[where])


@pytest.fixture
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database, with a password that its server does not ask for."""
    folder = tmp_path_factory.mktemp("postgres")
    with Ledger(folder) as ledger:
        server = EmbeddedPostgres(cpus=tuple(os.sched_getaffinity(0)), log=folder / "log", ledger=ledger)
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE empty")
        password = quote(SECRETS["the password of the database"], safe="")
        yield f"{server.url.replace('/bench?', '/empty?')}&password={password}"
        server.stop()


@pytest.fixture
def shell(database_url: str) -> dict[str, str]:
    """The variables of a developer who has secrets for everything."""
    return {
        "BENCH_DATABASE_URL": database_url,
        "DATABASE_URL": f"host=db.invalid dbname=work password={SECRETS['the database of the shell']}",
        "GITHUB_TOKEN": SECRETS["a token of the shell"],
        "UV_INDEX_URL": f"http://u:{SECRETS['the index of packages']}@127.0.0.1:1/simple",
        "DOCKER_HOST": f"tcp://u:{SECRETS['the container engine' + chr(39) + 's host']}@127.0.0.1:1",
        "HTTPS_PROXY": f"http://u:{SECRETS['a proxy']}@127.0.0.1:1",
    }


def git(folder: Path, *arguments: str) -> bytes:
    identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    command = ("git", *identity, *arguments)
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=True).stdout


def found_in(texts: dict[str, bytes]) -> list[tuple[str, str]]:
    """Which secret stands, in part at least, in which text."""
    parts = {
        where: {part[at : at + 8].encode() for part in re.findall(r"\w+", secret) for at in range(len(part) - 7)}
        | {secret.encode(), quote(secret, safe="").encode(), secret[:12].encode()}
        for where, secret in SECRETS.items()
    }
    return [
        (where, name)
        for name, text in texts.items()
        for where, pieces in parts.items()
        if any(piece in text for piece in pieces)
    ]


def written(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def said(*commands: subprocess.CompletedProcess[str]) -> dict[str, bytes]:
    """What commands printed."""
    return {
        f"{stream} of {done.args[1:]}": getattr(done, stream).encode()
        for done in commands
        for stream in ("stdout", "stderr")
    }


@pytest.fixture
def remote(tmp_path: Path, make_app: MakeApp) -> Path:
    """The remote of a repository with two leaking apps, of which one does not start."""
    leaking(make_app("sound"))
    leaking(make_app("broken", "crash_at_start"))
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    ignored = "/reports/\n/.bench/\n/remote.git/\n.venv/\nlocal_settings.py\ninstance/\nvenv/\n"
    (tmp_path / ".gitignore").write_text(ignored)
    git(tmp_path, "remote", "add", "origin", str(remote))
    return remote


@pytest.mark.fault(
    where="app",
    what="It logs or answers with passwords and tokens",
    happens="They are masked on the terminal, in the run's folder, in the report and on the data branch.",
    lost="Nothing",
    exit_code=0,
)
def test_a_job_with_leaking_apps_gives_nothing_away(
    bench: Bench, remote: Path, tmp_path: Path, shell: dict[str, str]
) -> None:
    steps = tmp_path / "reports" / "step.md"
    job = bench(
        *("ci", "--", "--profile", "smoke", "--workload", "capacity", "--workload", "footprint", "--rounds", "1"),
        **shell,
        GITHUB_STEP_SUMMARY=str(steps),
    )
    assert job.returncode == 4, job.stderr
    reports = written(tmp_path / "reports")
    (records,) = (content for name, content in reports.items() if name.endswith("windows.jsonl"))
    assert b"its cupboard is bare" in records, "the log of the app that did not start"
    assert b"GIVEN_AWAY" not in records
    assert records.count(b"not found: ") > 0, "what /db answers"
    assert records.count(b"***") > 10

    branch = {
        name.decode(): git(remote, "show", f"bench-data:{name.decode()}")
        for name in git(remote, "ls-tree", "-r", "-z", "--name-only", "bench-data").split(b"\0")
        if name
    }
    assert any(name.endswith("index.html") for name in branch)
    run = Path(job.stdout.strip()).name
    commands = [
        bench("verify", **shell),
        bench("verify", "--json", **shell),
        bench("show", run, "--json", **shell),
        bench("report", run, **shell),
        bench("claims", run, **shell),
        bench("list", "apps", "--json", **shell),
        bench("doctor", **shell),
        bench("run", "--runtime", "docker", **shell),
    ]
    assert "not found: " in commands[0].stdout + commands[0].stderr
    issue = issue_of(read_digest(tmp_path / job.stdout.strip()).summary)
    assert "other code" in issue
    texts = {**said(job, *commands), **written(tmp_path / "reports"), **branch, **written(tmp_path / ".bench")}
    assert any(Path("ci", "site").as_posix() in name for name in texts)
    assert found_in({**texts, "the issue": issue.encode()}) == []


def issue_of(run: RunSummary) -> str:
    """What an issue would say if the run were slower than the one before it: how fast it was does not matter here."""
    found = compare(with_throughput(run, 1000.0, code="earlier"), with_throughput(run, 100.0, code="later"))
    return messages.regression(found)


def with_throughput(run: RunSummary, throughput_rps: float, *, code: str) -> RunSummary:
    """The same run with other code, and so many requests a second in every cell."""
    estimate = Estimate(value=throughput_rps, low=throughput_rps * 0.99, high=throughput_rps * 1.01)
    figure = Figure(estimate=estimate, relative_standard_error=0.001, relative_df=10)
    changed = {"reasons": (), "figures": {Metric.THROUGHPUT: figure}, "code_sha256": code}
    return run.model_copy(update={"rounds": 2, "cells": tuple(cell.model_copy(update=changed) for cell in run.cells)})


@pytest.mark.usefixtures("remote")
def test_errors_of_other_programs_give_nothing_away(bench: Bench, tmp_path: Path, shell: dict[str, str]) -> None:
    token = SECRETS["the remote of the data branch"]
    git(tmp_path, "remote", "set-url", "origin", f"https://x-access-token:{token}@127.0.0.1:1/a/b.git")
    wrong = {
        **shell,
        "BENCH_DATABASE_URL": shell["BENCH_DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://"),
    }
    no_host = {
        **shell,
        "BENCH_DATABASE_URL": re.sub(r"host=[^&]*", "host=127.0.0.1&port=1", shell["BENCH_DATABASE_URL"]),
    }
    needing = tmp_path / "apps" / "sound_app" / "pyproject.toml"
    commands = [
        bench("ci", **shell),
        bench("ci", "--remote", f"https://{token}@127.0.0.1:1/a/b.git", **shell),
        bench("run", "--profile", "smoke", **wrong),
        bench("run", "--profile", "smoke", **no_host),
        bench("new", "nosuch", **shell),
    ]
    needing.write_text(needing.read_text().replace('version = "0"', 'version = "0"\ndependencies = ["nosuch"]'))
    (needing.parent / "uv.lock").unlink()
    commands.append(bench("run", "--profile", "smoke", "--app", "sound", **shell))
    assert all(done.returncode in {2, 4} for done in commands), [(done.returncode, done.stderr) for done in commands]
    assert found_in({**said(*commands), **written(tmp_path / ".bench")}) == []
