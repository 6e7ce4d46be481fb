"""One container: what it consumes, and its end."""

import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from pydantic import Field

from harness.companion import has_ended
from harness.metering.process_tree import Memory
from harness.model.errors import RuntimeFault
from harness.runtime.docker.account import ContainerAccount, LocalAccount
from harness.runtime.docker.app_host import AppHost
from harness.runtime.docker.container_engine import Answer, by_hand, docker, environment, hangs, inspect, read
from harness.runtime.last_lines import MOST_LINES, last_lines

FAREWELL_S: Final = 3
"""Time it has after SIGTERM until it is killed."""

_STOP_S: Final = 30.0
_LOG_S: Final = 30.0


class _State(Answer):
    pid: int
    running: bool
    exit_code: int
    started_at: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")


class _Network(Answer):
    ip_address: str = Field(alias="IPAddress")


class _Place(Answer):
    host_port: int


class _NetworkSettings(Answer):
    networks: dict[str, _Network]
    ports: dict[str, list[_Place] | None] | None = None


class _Found(Answer):
    """What the engine tells of a container."""

    id: str
    image: str
    state: _State
    network_settings: _NetworkSettings


class Container:
    """A container that was started."""

    def __init__(self, name: str, app_host: AppHost | None = None) -> None:
        """Look at the container of this name, on another host's engine if one is given.

        Raises RuntimeFault where there is none.
        """
        self.name: Final = name
        found = read(_Found, inspect("container", name))
        self.image_id: Final = found.image
        networks = found.network_settings.networks.values()
        self.address: Final = next((each.ip_address for each in networks if each.ip_address), "")
        """On its network, where the engine's machine reaches it too."""
        self._ports: Final = found.network_settings.ports or {}
        self.id: Final = found.id
        self._account: ContainerAccount
        if app_host is None:
            self._account = LocalAccount(found.state.pid, self.id)
            ahead_ns = 0
        else:
            self._account = app_host.account(found.state.pid, self.id)
            ahead_ns = app_host.clock_ahead_ns
        self.started_ns: Final = _monotonic_ns(found.state.started_at, ahead_ns)
        self._highest_cpu_ns = 0
        self._stopping: subprocess.Popen[bytes] | None = None
        self._end_by_s = 0.0

    def alive(self) -> bool:
        """Whether its first process still runs."""
        return self._account.alive()

    def exit_code(self) -> int | None:
        """How its first process ended; None where it runs or is gone."""
        with suppress(RuntimeFault):
            state = read(_Found, inspect("container", self.name)).state
            return None if state.running else state.exit_code
        return None

    def published(self, port: int) -> int | None:
        """The port of the engine's host that leads to this port of its; None where none does."""
        places = self._ports.get(f"{port}/tcp")
        return places[0].host_port if places else None

    def pids(self) -> list[int]:
        """Its processes, as this machine numbers them."""
        return self._account.pids()

    def accelerators(self) -> frozenset[str]:
        """The accelerators that its processes have loaded."""
        return self._account.accelerators()

    def cpu_ns(self) -> int:
        """CPU time of all its processes so far, ended ones included; the last reading where it is gone."""
        return self.at_least(self._account.cpu_ns())

    def at_least(self, cpu_ns: int | None) -> int:
        """A reading of its CPU time, or the last one where it is gone: never less than what was read before."""
        self._highest_cpu_ns = max(self._highest_cpu_ns, cpu_ns or 0)
        return self._highest_cpu_ns

    def throttled_ns(self) -> int:
        """How long its CPU limit has held it back."""
        return self._account.throttled_ns() or 0

    def memory(self) -> Memory:
        """Memory of its processes, and what its control group is charged."""
        return self._account.memory()

    def log_excerpt(self) -> str:
        """The last lines that it wrote, bounded in lines and bytes; or why the engine does not say them."""
        try:
            return last_lines(self._logged("--tail", str(MOST_LINES)).strip())
        except RuntimeFault as error:
            return f"(its log can't be read: {error.what})"

    def log(self) -> str:
        """All that it wrote, secrets and all, as far as the engine keeps it: the Compose file bounds that.

        Raises RuntimeFault where the engine does not say it in time.
        """
        return self._logged()

    def _logged(self, *options: str) -> str:
        command = ("docker", "logs", *options, self.name)
        try:
            done = subprocess.run(
                command,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=_LOG_S,
            )
        except subprocess.TimeoutExpired:
            raise hangs(_LOG_S, command) from None
        except OSError as error:
            what = f"the docker command can't be executed: {error.strerror}"
            raise RuntimeFault(what, hint=by_hand(command)) from None
        return done.stdout.decode(errors="replace")

    def ask_to_end(self) -> None:
        """Have it ended without waiting for it, as far as the docker command can be executed; `stop` then waits."""
        if self._stopping is not None:
            return
        self._end_by_s = time.monotonic() + _STOP_S
        with suppress(OSError):
            self._stopping = subprocess.Popen(
                ("docker", "stop", "-t", str(FAREWELL_S), self.name),  # noqa: S607 - as the user has it
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                process_group=0,  # a Ctrl-C in the terminal is for the harness to handle
            )

    def end(self) -> None:
        """End it without removing it, so that its log can still be read.

        Raises RuntimeFault where the engine does not in time.
        """
        self.ask_to_end()
        if self._stopping is None:
            return
        try:
            if not has_ended(self._stopping, max(0.0, self._end_by_s - time.monotonic())):
                raise hangs(_STOP_S, ("docker", "stop", self.name))
        finally:
            self._stopping.kill()
            has_ended(self._stopping)

    def stop(self) -> None:
        """End and remove it. May be called more than once; raises RuntimeFault where the engine does not."""
        try:
            with suppress(RuntimeFault):  # What does not end in time is removed all the same.
                self.end()
        finally:
            remove(self.name)


def remove(name: str, reached_by: Mapping[str, str] | None = None) -> None:
    """Remove a container with its volumes, running or not; one that is gone is removed already."""
    try:
        docker("rm", "--force", "--volumes", name, variables=reached_by)
    except RuntimeFault as error:
        if "No such container" not in error.what:
            raise


def _monotonic_ns(told: str, ahead_ns: int) -> int:
    """An instant that an engine told, whose clock is so much ahead, on this host's `time.monotonic_ns()`."""
    seconds, _, fraction = told.removesuffix("Z").partition(".")
    wall_ns = int(datetime.fromisoformat(f"{seconds}+00:00").timestamp()) * 1_000_000_000 + int(fraction.ljust(9, "0"))
    return time.monotonic_ns() - (time.time_ns() + ahead_ns - wall_ns)
