"""What is said of a server that is not ready: what came, what is wrong with it, and whose fault it is."""

import re
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.model.app import App, Endpoint, Family, Interface, Manifest, Variant
from harness.model.cell import Subject
from harness.model.errors import HostFault, RuntimeFault
from harness.runtime.local.runtime import ProcessRuntime
from harness.runtime.local.server import Server
from harness.runtime.readiness import START_TIMEOUT_S
from tests.odd_hosts import lacking

type Launch = Callable[..., Server]

SCRIPT = Path(__file__).with_name("odd_server.py")


@pytest.fixture
def odd(runtime: ProcessRuntime, tmp_path: Path) -> Launch:
    """Start the odd server with this behaviour."""
    folder = tmp_path / "odd_app"
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(Path(sys.executable).resolve())

    def start(*behaviour: object) -> Server:
        command = ("python", str(SCRIPT), *map(str, behaviour))
        variant = Variant(server="odd", interface=Interface.NATIVE, command=command, why="for a test")
        manifest = Manifest(title="Odd", family=Family.BASELINE, endpoints=(Endpoint.HELLO,), variants={"odd": variant})
        app = App(name="odd", folder=folder, manifest=manifest, python=">=3.13")
        return runtime.launch(app, Subject(app="odd", variant="odd"), hash_seed=0, database_url=None)

    return start


@pytest.fixture
def version_6() -> None:
    """The test lacks it where there is none."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        lacking(f"this host has no IPv6: {error}")


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("behaviour", ["right", "until-the-end", "hints"])
def test_whatever_the_checks_and_the_load_take_is_ready(odd: Launch, behaviour: str) -> None:
    """A body that the end of the connection ends, and interim responses."""
    assert odd(behaviour).await_ready() > 0


@pytest.mark.usefixtures("version_6")
def test_who_listens_elsewhere_first_is_ready_once_it_listens_here(odd: Launch) -> None:
    assert odd("version-6-first").await_ready() > 0


@pytest.mark.fault(
    where="server",
    what="Its first answer is wrong, compressed, or no HTTP/1.1",
    happens="It is told at once what came and what is wrong with it; its cells say so.",
    lost="Its cells of that round",
    exit_code=4,
)
@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("two-lengths", "bytes that are not HTTP (Duplicate Content-Length): HTTP/1.1 200 OK"),
        ("plus", "bytes that are not HTTP (Invalid character in Content-Length): HTTP/1.1 200 OK"),
        ("both-framings", "can't be present with"),
        ("gzip", "a body in Content-Encoding: gzip, which was not asked for"),
        ("upgrade", "status 101, no body, where status 200 belongs"),
        ("no-http", "220 mail server ready"),
        ("half", "the server closed the connection, 8 body bytes received of 13"),
        ("hints-only", "the server closed the connection, no final response after 103"),
        ("teapot", "status 418, tea?, where status 200 belongs"),
    ],
)
def test_a_wrong_first_answer_is_told_at_once_with_what_is_wrong(odd: Launch, behaviour: str, told: str) -> None:
    server = odd(behaviour)
    with pytest.raises(RuntimeFault) as fault:
        server.await_ready(timeout_s=600)  # which the test's own limit would not allow
    assert fault.value.what.startswith("odd/odd gave a wrong first answer to /hello: ")
    assert told in fault.value.what
    assert not isinstance(fault.value, HostFault)


@pytest.mark.fault(
    where="server",
    what="It listens on IPv6 alone, or elsewhere than it was told",
    happens="It is told within seconds where it listens.",
    lost="Its cells of that round",
    exit_code=4,
)
@pytest.mark.usefixtures("version_6")
@pytest.mark.parametrize(("behaviour", "address"), [("version-6", "[::]"), ("version-6-loopback", "[::1]")])
def test_who_listens_on_version_6_alone_is_told_at_once_where(odd: Launch, behaviour: str, address: str) -> None:
    server = odd(behaviour)
    with pytest.raises(RuntimeFault) as fault:
        server.await_ready(timeout_s=600)
    assert (
        f"listens on {address}:{server.port}, where it can't be reached as 127.0.0.1:{server.port}" in fault.value.what
    )
    assert "HOST" in fault.value.what
    assert "${HOST} in the manifest's command" in fault.value.hint


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("unending", "has not finished its answer, 8 body bytes received of 13"),
        ("nothing", "does not answer (it closes the connection)"),
    ],
)
def test_what_came_until_the_patience_was_over_is_told(odd: Launch, behaviour: str, told: str) -> None:
    server = odd(behaviour)
    while told not in server._state():
        assert not server.check_ready()
        time.sleep(0.01)
    with pytest.raises(RuntimeFault) as fault:
        server.await_ready(timeout_s=0)
    assert "${PORT}" not in fault.value.hint
    # Of the connection that is being closed at this moment, one does not know yet.
    assert f"it listens on port {server.port} but " in fault.value.what


def test_who_listens_on_another_port_is_told_which(odd: Launch) -> None:
    server = odd("another-port", 0)
    while not server._listening():
        time.sleep(0.01)
    with pytest.raises(RuntimeFault) as fault:
        server.await_ready(timeout_s=0)
    assert re.search(rf"does not listen on port {server.port}, but on 127\.0\.0\.1:\d+$", fault.value.what)
    assert "${PORT} in the manifest's command" in fault.value.hint
    assert not isinstance(fault.value, HostFault)


def test_a_second_port_that_is_in_use_is_told_as_such_and_not_as_the_app_s_fault(odd: Launch, taken: int) -> None:
    server = odd("second-port", taken)
    with pytest.raises(HostFault) as fault:
        server.await_ready(START_TIMEOUT_S)
    assert "a port that it wants beside its own is in use" in fault.value.what
    assert "two copies of one app" in fault.value.hint
    assert "${PORT} in the manifest's command" in fault.value.hint
    assert "by hand" not in fault.value.hint
    assert "Address already in use" in fault.value.hint


def test_a_port_that_its_command_fixes_as_its_own_is_its_own_fault_where_that_is_in_use(
    odd: Launch, taken: int
) -> None:
    with pytest.raises(RuntimeFault) as fault:
        odd("second-port", "--port", taken).await_ready(START_TIMEOUT_S)
    assert fault.value.what == (
        f"odd/odd ended at its start (exit code 1): it does not take its port from PORT: it wants {taken}, which is in "
        "use"
    )
    assert "${PORT} in the manifest's command" in fault.value.hint
    assert not isinstance(fault.value, HostFault)


def test_a_port_of_its_own_that_it_takes_twice_is_its_own_fault(odd: Launch) -> None:
    with pytest.raises(RuntimeFault, match="ended at its start") as fault:
        odd("own-port-twice").await_ready()
    assert not isinstance(fault.value, HostFault)


def test_the_error_that_a_server_ended_by_stands_first(odd: Launch) -> None:
    with pytest.raises(RuntimeFault) as fault:
        odd("missing-module").await_ready()
    error = "ModuleNotFoundError: No module named 'no_such_module'"
    assert fault.value.what == f"odd/odd ended at its start (exit code 1): {error}"
    assert "Traceback (most recent call last)" in fault.value.hint
