"""One server of an app's variant in a container."""

import shlex
import socket
from contextlib import suppress
from typing import Final, override

from harness.host import ports
from harness.host.endings import end_all
from harness.metering.process_tree import Memory
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.errors import RuntimeFault
from harness.model.run import Image
from harness.runtime.command import contract_variables, filled_in_command
from harness.runtime.docker.project import ComposeProject
from harness.runtime.docker.server_network import ServerNetwork
from harness.runtime.readiness import AwaitedServer

PORT: Final = 8000
"""Every container has an address of its own, so all servers listen on the same port."""

_ANY_ADDRESS: Final = "0.0.0.0"  # noqa: S104 - of the container, which only its network reaches
_CONNECT_S: Final = 1.0


class ContainerServer(AwaitedServer):
    """A started container of the Compose file's service `app`."""

    def __init__(  # noqa: PLR0913 - each says another thing of how it is deployed
        self,
        project: ComposeProject,
        app: App,
        subject: Subject,
        *,
        image: Image,
        hash_seed: int,
        database_url: str | None,
        network: ServerNetwork | None = None,
    ) -> None:
        """Start it without waiting for it to be ready; on another host in a network of its own, which ends with it.

        Raises ManifestError where its command can't be used, RuntimeFault where it can't be started.
        """
        variant = app.variant(subject.variant)
        # Without a database, an empty value stands against the one in the Compose file.
        given = contract_variables(
            variant, subject, _ANY_ADDRESS, PORT, hash_seed=hash_seed, database_url=database_url or ""
        )
        self.command: Final = filled_in_command(app, subject, given)
        self._folder: Final = app.folder.name
        self._network: Final = network
        variables = {"BENCH_APP_IMAGE": image.name} | ({"BENCH_SERVER_NETWORK": network.name} if network else {})
        self.container: Final = project.start("app", *self.command, variables=variables, given=given)
        try:
            if self.container.image_id != image.digest:
                raise RuntimeFault(  # noqa: TRY301 - so that the container goes in one place
                    f"the image of {app.name} was built anew while a run used it",
                    hint="let one run end before another begins, and resume this one",
                )
            host, port = (network.host, network.port) if network else (self.container.address, PORT)
            super().__init__(app, subject, host, port)
        except BaseException:
            with suppress(RuntimeFault):  # What went wrong first is told; the ledger has the rest.
                self.container.stop()
            raise
        self._stopped = False

    @override
    def alive(self) -> bool:
        return self.container.alive()

    @override
    def pids(self) -> list[int]:
        return self.container.pids()

    @override
    def cpu_ns(self) -> int:
        """CPU time of the container since it was started, ended processes included."""
        return self.container.cpu_ns()

    def throttled_ns(self) -> int:
        """How long its CPU limit has held the container back."""
        return self.container.throttled_ns()

    def memory(self) -> Memory:
        """Memory of the container now."""
        return self.container.memory()

    @override
    def log_excerpt(self) -> str:
        return self.container.log_excerpt()

    def log_at_its_end(self) -> str:
        """End it, and return all that it wrote, secrets and all; of a very long log the end."""
        self.container.end()
        return self.container.log()

    @override
    def _loaded_accelerators(self) -> frozenset[str]:
        return self.container.accelerators()

    @override
    def cut_log(self) -> int:
        return 0  # The engine bounds it, as the Compose file says.

    @override
    def limit_met(self) -> None:
        """Its container's limits are the Compose file's, and wide: it is the server's own doing to meet them."""

    def ask_to_end(self) -> None:
        """Have it ended without waiting for it; `stop` then waits."""
        self.container.ask_to_end()
        if self._network is not None:
            self._network.ask_to_end()

    def stop(self) -> None:
        """End and remove it. May be called more than once; raises RuntimeFault where the engine is away."""
        if not self._stopped:
            self._probe.close()
            end_all(self.container.stop, *(() if self._network is None else (self._network.stop,)))
            self._stopped = True

    @override
    def _started_ns(self) -> int:
        return self.container.started_ns

    @override
    def exit_code(self) -> int | None:
        return self.container.exit_code()

    @override
    def _answers_itself(self) -> bool:
        return True  # Nobody else has its address, or its network.

    @override
    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection((self.host, self.port), timeout=_CONNECT_S):
            return True
        return False

    @override
    def _ended_at_start(self) -> RuntimeFault:
        return self._fault(f"ended at its start (exit code {self.exit_code()})")

    @override
    def _listening(self) -> tuple[ports.Listening, ...]:
        # On another host, its processes are seen by nobody here.
        return () if self._network is not None else ports.listening_addresses(self.pids())

    @override
    def _by_hand(self) -> str:
        return f"start it by hand: APP={self._folder} docker compose run --rm app {shlex.join(self.command)}"
