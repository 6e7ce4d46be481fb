"""A driver for all tests of the load room, and synthetic servers for each."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.load.client import Driver
from harness.model.app import Endpoint
from harness.model.window import Mode, WindowReport, WindowSpec

SYNTHETIC = Path(__file__).with_name("synthetic.py")


@dataclass
class SyntheticServer:
    """A running synthetic server."""

    port: int
    process: subprocess.Popen[str]

    def counts(self) -> dict[str, int]:
        """What it has counted so far: requests and connections."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture
def serve() -> Iterator[Callable[..., SyntheticServer]]:
    """Start a server of this behaviour; it ends with the test."""
    with ExitStack() as running:

        def start(behaviour: str, *numbers: float) -> SyntheticServer:
            process = running.enter_context(
                subprocess.Popen(
                    [sys.executable, SYNTHETIC, behaviour, *map(str, numbers)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            running.callback(process.stdin.close)
            return SyntheticServer(int(process.stdout.readline()), process)

        yield start


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    """One driver for the whole session, as in a run."""
    with Driver.on() as running:
        yield running


@pytest.fixture
def window() -> Callable[..., WindowSpec]:
    """A short closed window on `/hello`, but for what is given."""

    def spec(port: int, **changes: object) -> WindowSpec:
        values: dict[str, object] = {
            "host": "127.0.0.1",
            "port": port,
            "endpoint": Endpoint.HELLO,
            "mode": Mode.OPEN if "rate_rps" in changes else Mode.CLOSED,
            "connections": 8,
            "lead_in_s": 0.1,
            "duration_s": 0.5,
            "timeout_s": 2.0,
        }
        return WindowSpec.model_validate(values | changes)

    return spec


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody listens on, kept from being given to anybody else."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def has_answers(report: WindowReport) -> None:
    """For `undisturbed`: on a host that stalls for half a second, a window of that length may see no answer at all."""
    assert report.responses
