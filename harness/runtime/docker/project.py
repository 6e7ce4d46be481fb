"""One Compose project: all containers and networks of one harness, under one name."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from harness.companion import Program
from harness.host.endings import not_ended
from harness.model.errors import BenchError, RuntimeFault
from harness.runtime.docker.app_host import AppHost
from harness.runtime.docker.container import Container, remove
from harness.runtime.docker.container_engine import AWAY_S, docker, environment

COMPOSE_FILE: Final = Path(__file__).parents[3] / "docker-compose.yml"
REMOTE_FILE: Final = COMPOSE_FILE.with_name("docker-compose.remote.yml")
"""What is otherwise where the engine is on another host than the load."""

_LABEL: Final = "com.docker.compose.project"
_OF_PROJECT: Final = f"label={_LABEL}={{}}"


class ComposeProject:
    """Starts containers of the services in `docker-compose.yml`, so that isolation is said in one place."""

    def __init__(self, name: str, variables: Mapping[str, str], *added_files: Path) -> None:
        """`variables` fill the file in, for all that is started here; files added to it change it."""
        if not COMPOSE_FILE.is_file():
            raise RuntimeFault(
                "the harness was installed without its docker-compose.yml",
                hint="run it from a checkout of the project, or use --runtime process",
            )
        self.name: Final = name
        self._variables: Final = dict(variables)
        self._files: Final = (COMPOSE_FILE, *added_files)
        self._started = 0
        self.app_host: AppHost | None = None
        """Where the containers run; None for this host."""

    def fill_in(self, variable: str, value: str) -> None:
        """Fill one more variable in, for all that is started from now on."""
        self._variables[variable] = value

    def start(
        self,
        service: str,
        *command: str,
        variables: Mapping[str, str] | None = None,
        given: Mapping[str, str] | None = None,
        published: bool = False,
    ) -> Container:
        """Start one more container of a service, with another command if one is given.

        `variables` fill the file in, beside those of the project; `given` are set in the container. Its ports are
        published only if wanted. Raises RuntimeFault where it can't be started; nothing of it is left then.
        """
        self._started += 1
        name = f"{self.name}-{service}-{self._started}"
        # By name only: values, a password among them, are for no process list and no message.
        options = [word for variable in given or {} for word in ("--env", variable)]
        if published:
            options.append("--service-ports")
        try:
            docker(
                *self._compose(),
                *("run", "--detach", "--no-deps", "--name", name, *options, service, *command),
                variables={**self._variables, **(variables or {}), **(given or {})},
            )
            return Container(name, self.app_host)
        except BaseException:
            with suppress(RuntimeFault):  # What went wrong first is told; the ledger has the rest.
                remove(name)
            raise

    def alone(self, *words: str) -> tuple[str, tuple[str, ...]]:
        """The name and the command of one more container that is of no service, and goes with the project all the same.

        `words` are options, an image and a command. Nothing is started; `remove` takes the name.
        """
        self._started += 1
        name = f"{self.name}-alone-{self._started}"
        return name, ("docker", "run", "--rm", "--name", name, *self.mark, *words)

    @property
    def mark(self) -> tuple[str, ...]:
        """The options of `docker run` by which a container goes with the project, whatever becomes of the harness."""
        return ("--label", f"{_LABEL}={self.name}", "--label", f"{_LABEL}.working_dir={COMPOSE_FILE.parent}")

    def program(self, service: str, *command: str, variables: Mapping[str, str] | None = None) -> Program:
        """A service that is spoken to on its standard input, and is gone when that ends."""
        return Program(
            command=("docker", *self._compose(), "run", "--rm", "--no-deps", "--no-TTY", service, *command),
            environment=environment({**self._variables, **(variables or {})}),
        )

    def pids_of(self, service: str) -> list[int]:
        """The processes of a service's running containers, as this machine numbers them."""
        of_service = f"label=com.docker.compose.service={service}"
        ids = docker("ps", "--quiet", "--filter", _OF_PROJECT.format(self.name), "--filter", of_service).split()
        return [pid for each in ids for pid in Container(each).pids()]

    def _compose(self) -> tuple[str, ...]:
        files = [word for file in self._files for word in ("--file", str(file))]
        return ("compose", "--project-name", self.name, *files, "--progress", "quiet")


def remove_project(name: str, reached_by: Mapping[str, str] | None = None) -> Iterator[tuple[str, BenchError | None]]:
    """Remove all that is left of a project on the engine that these variables reach.

    Yields what there was, each with why it could not be removed, where it could not. Raises RuntimeFault where the
    engine is away.
    """
    of_project = ("--quiet", "--filter", _OF_PROJECT.format(name))
    for container in docker("ps", "--all", "--no-trunc", *of_project, variables=reached_by, timeout_s=AWAY_S).split():
        yield f"container {container[:12]}", _why_not(remove, container, reached_by)
    for kind in ("network", "volume"):
        for each in docker(kind, "ls", *of_project, variables=reached_by).split():
            yield f"{kind} {each[:12]}", _why_not(docker, kind, "rm", each, variables=reached_by)


def _why_not[**Words](remove: Callable[Words, object], *words: Words.args, **more: Words.kwargs) -> BenchError | None:
    return next(iter(not_ended(partial(remove, *words, **more))), None)
