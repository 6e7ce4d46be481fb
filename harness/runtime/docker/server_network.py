"""The network of one server on an app host: where the load host reaches it, and nothing else does."""

import socket
import time
from contextlib import suppress
from typing import Final

from pydantic import ValidationError

from harness.model.base import Contract
from harness.model.errors import RuntimeFault
from harness.runtime.docker.container import Container
from harness.runtime.docker.network_holder import PORT
from harness.runtime.docker.project import ComposeProject

_START_S: Final = 60.0
_CONNECT_S: Final = 5.0
_PAUSE_S: Final = 0.02


class _Said(Contract):
    """What its holder says when it has closed the other ways."""

    peer: str | None = None
    fault: str | None = None


class ServerNetwork:
    """A container that holds the network in which a server is started, with one port that the app host publishes."""

    def __init__(self, project: ComposeProject, address: str) -> None:
        """Open it; `address` is the app host's. Raises RuntimeFault where it can't be reached there."""
        self._container: Final[Container] = _started(project, address)
        try:
            self.name: Final = self._container.name
            self.host: Final = address
            published = self._container.published(PORT)
            if published is None:
                raise RuntimeFault(  # noqa: TRY301 - so that the container goes in one place
                    "the app host's engine did not publish a port",
                    hint=f"see docker port {self.name}; its packet filter has to be on (iptables)",
                )
            self.port: Final = published
            self._await_closed()
        except BaseException:
            with suppress(RuntimeFault):  # What went wrong first is told; the ledger has the rest.
                self._container.stop()
            raise

    def ask_to_end(self) -> None:
        """Have it ended without waiting for it; `stop` then waits."""
        self._container.ask_to_end()

    def stop(self) -> None:
        """End and remove it. May be called more than once."""
        self._container.stop()

    def _await_closed(self) -> None:
        """Knock until its holder has seen from where, and has closed all ways but the one back."""
        deadline = time.monotonic() + _START_S
        while True:
            try:
                with socket.create_connection((self.host, self.port), timeout=_CONNECT_S) as knock:
                    knock.settimeout(_CONNECT_S)
                    line = knock.makefile("rb").readline()
                if line:
                    break
            except OSError as error:
                if time.monotonic() > deadline:
                    raise RuntimeFault(
                        f"this host does not reach port {self.port} of the app host {self.host}: {error}",
                        hint="open the app host's ephemeral ports (32768 and up) to this host, "
                        "or give another of its addresses with --app-host",
                    ) from None
            if time.monotonic() > deadline:
                raise RuntimeFault(
                    f"the holder of a server's network on {self.host} does not answer: {self._container.log_excerpt()}",
                    hint=f"see docker logs {self.name}",
                )
            time.sleep(_PAUSE_S)
        try:
            said = _Said.model_validate_json(line)
        except ValidationError:
            said = _Said(fault=f"somebody else answers on its port: {line[:100]!r}")
        if said.fault:
            raise RuntimeFault(
                f"the app host's network can't be used: {said.fault}",
                hint="have its engine publish ports by packet filter rules (iptables), and name the address by "
                "which this host reaches it directly (--app-host)",
            )


def _started(project: ComposeProject, address: str) -> Container:
    try:
        return project.start("server-network", variables={"BENCH_APP_HOST": address}, published=True)
    except RuntimeFault as error:
        if "cannot assign requested address" in error.what:
            raise RuntimeFault(
                f"the engine's host has no address {address} of its own",
                hint="give one that it has and this host reaches, such as --app-host 192.168.1.20",
            ) from None
        raise
