"""One Compose project: all containers and networks of one harness, under one name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from harness.companion import Program
from harness.model.errors import RuntimeFault
from harness.runtime.docker.app_host import AppHost
from harness.runtime.docker.container import Container, remove
from harness.runtime.docker.container_engine import AWAY_S, docker, environment

COMPOSE_FILE: Final = Path(__file__).parents[3] / "docker-compose.yml"
REMOTE_FILE: Final = COMPOSE_FILE.with_name("docker-compose.remote.yml")
"""What is otherwise where the engine is on another host than the load."""

_OF_PROJECT: Final = "label=com.docker.compose.project={}"


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
            remove(name)
            raise

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


def remove_project(name: str, reached_by: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Remove all that is left of a project on the engine that these variables reach; returns what there was.

    Raises RuntimeFault where the engine is away.
    """
    of_project = ("--quiet", "--filter", _OF_PROJECT.format(name))
    found: list[str] = []
    for container in docker("ps", "--all", "--no-trunc", *of_project, variables=reached_by, timeout_s=AWAY_S).split():
        remove(container, reached_by)
        found.append(f"container {container[:12]}")
    for kind in ("network", "volume"):
        for each in docker(kind, "ls", *of_project, variables=reached_by).split():
            docker(kind, "rm", each, variables=reached_by)
            found.append(f"{kind} {each[:12]}")
    return tuple(found)
