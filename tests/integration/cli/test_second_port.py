"""An app that wants a fixed port beside its own: the cause and a remedy are told, and no check has failed."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Bench, MakeApp, Read

SECOND = """\
import socket

metrics = socket.create_server(("127.0.0.1", {port}))
"""


@pytest.fixture
def port() -> Iterator[int]:
    """One that nobody else is given."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def with_second_port(folder: Path, port: int) -> None:
    app = folder / "app.py"
    docstring, _, rest = app.read_text().partition("\n\n")
    app.write_text("\n\n".join([docstring, SECOND.format(port=port), rest]))


@pytest.mark.fault(
    where="app",
    what="It wants a port beside its own, which is in use",
    happens="`bench verify` says that it was not checked, and why; in a run its cells say so.",
    lost="Its checks, or its cells of that round",
    exit_code=4,
)
def test_verify_says_that_nothing_was_checked_and_why(make_app: MakeApp, bench: Bench, port: int) -> None:
    with_second_port(make_app("metered"), port)
    with socket.create_server(("127.0.0.1", port)):
        done = bench("verify")
    assert done.returncode == 4, done.stdout + done.stderr
    assert done.stdout.startswith("NOT CHECKED metered/default ")
    assert "a port that it wants beside its own is in use" in done.stdout
    assert "FAILED" not in done.stdout
    assert "two copies of one app" in done.stderr
    assert "by hand" not in done.stderr


def test_a_run_measures_the_first_of_two_and_says_of_the_other_what_keeps_it_from_starting(
    make_app: MakeApp, bench: Bench, read: Read, port: int, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        with_second_port(make_app(name), port)
    done = bench("run", "--profile", "smoke", "--workload", "capacity", "--endpoint", "hello")
    assert done.returncode == 4, done.stderr
    (records,) = tmp_path.glob("reports/*/windows.jsonl")
    lost = {line for line in records.read_text().splitlines() if "beside its own is in use" in line}
    assert any('"start"' in line for line in lost)
    assert "beside its own is in use" in read("show").out
