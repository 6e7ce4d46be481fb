"""Nothing is left of a command that a warm `bench` carries out, whoever is killed of those who wait for it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests import warm
from tests.integration.cli.conftest import MakeApp, left_behind
from tests.waiting import eventually, has_come_to

RUN = ("run", "--profile", "smoke", "--rounds", "60", "--endpoint", "hello", "--workload", "capacity")
SERVER = """
import socket, sys
from tests.warm_server import Server
Server(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])).serve()
"""
"""Without what it imports beforehand, which each command imports for itself then."""


@dataclass(frozen=True)
class UnderWay:
    """What there is while a test waits for a command."""

    tests: subprocess.Popen[bytes]
    server: subprocess.Popen[bytes]
    connection: socket.socket
    run: warm.Begun


@pytest.fixture
def under_way(tmp_path: Path, make_app: MakeApp) -> Iterator[UnderWay]:
    make_app("sound")
    with ExitStack() as ended:
        tests = subprocess.Popen(("sleep", "inf"))
        ended.callback(tests.wait)
        ended.callback(tests.kill)
        listening = ended.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        connection = ended.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        listening.bind("")
        listening.listen()
        server = subprocess.Popen(
            (sys.executable, "-c", SERVER, str(listening.fileno()), str(tests.pid)),
            pass_fds=(listening.fileno(),),
            cwd=Path(__file__).parents[3],
        )
        ended.callback(server.wait)
        ended.callback(server.kill)
        connection.connect(listening.getsockname())
        run = warm.Warm(connection).begin(warm.ordered(tmp_path, *RUN))
        has_come_to(run, '"kind":"measured"', tmp_path)
        yield UnderWay(tests, server, connection, run)


def nothing_is_left(under_way: UnderWay, folder: Path) -> None:
    def ended() -> bool:
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(under_way.run.pid).status() == psutil.STATUS_ZOMBIE
        return True

    eventually(ended, "the end of the command")
    eventually(lambda: left_behind(folder) == [], "the end of all that the command had started")


def test_when_the_tests_are_killed(under_way: UnderWay, tmp_path: Path) -> None:
    under_way.tests.kill()
    nothing_is_left(under_way, tmp_path)
    assert under_way.run.wait() == 130
    eventually(lambda: under_way.server.poll() is not None, "the end of the warm process")


def test_when_the_worker_that_asked_for_it_is_killed_and_the_others_go_on(under_way: UnderWay, tmp_path: Path) -> None:
    under_way.connection.close()
    nothing_is_left(under_way, tmp_path)
    assert under_way.run.wait() == 130
    assert under_way.server.poll() is None


def test_when_the_warm_process_itself_is_killed(under_way: UnderWay, tmp_path: Path) -> None:
    os.kill(under_way.server.pid, signal.SIGKILL)
    nothing_is_left(under_way, tmp_path)
    with pytest.raises(ChildProcessError, match="is no more"):
        under_way.run.wait()
