"""Which runtime a run uses."""

import os
from collections.abc import Callable
from pathlib import Path

from harness.host.cpus import layout_here
from harness.model.errors import RuntimeFault, UsageError
from harness.model.host import CpuLayout
from harness.model.run import GeneratorTeam, RuntimeName
from harness.model.runtime_choice import RuntimeChoice
from harness.runtime.database.given import NOT_OURS, VARIABLE, GivenDatabase, given_database
from harness.runtime.docker.container_engine import find_engine
from harness.runtime.docker.endpoint import find_app_host
from harness.runtime.docker.images import POSTGRES_IMAGE, lacking, python_image, see_to
from harness.runtime.docker.remote_runtime import RemoteRuntime, layout_across
from harness.runtime.docker.runtime import DockerRuntime
from harness.runtime.local.runtime import ProcessRuntime
from harness.runtime.roles import Runtime


def choose_database(say: Callable[[str], None], *, beside_other_tables: bool) -> GivenDatabase | None:
    """The database that the environment names for the harness; None for one of its own. `say` is told what is used.

    Raises UsageError where the variable can't be read.
    """
    database = given_database(os.environ, beside_other_tables=beside_other_tables)
    if database is not None:
        say(
            f"database: {database.shown} ({VARIABLE}); the tables world and fortune are made in it, "
            "and hostile requests and load run against it"
        )
    elif os.environ.get(NOT_OURS):
        say(f"database: an embedded one; {NOT_OURS} is not used, {VARIABLE} names one of yours")
    return database


def choose_runtime(
    choice: RuntimeChoice, say: Callable[[str], None], database: GivenDatabase | None = None, *, pull: bool = True
) -> RuntimeName:
    """The runtime for a choice; `say` is told which `auto` chose, and why.

    Without `pull`, base images that are not there are taken to be had, and that is said.

    Raises nothing: whether a runtime asked for by name can be used shows when it is opened.
    """
    if choice is not RuntimeChoice.AUTO:
        return RuntimeName(choice.value)
    if database is not None:
        say(f"runtime: local processes, since the containers' network does not reach the database in {VARIABLE}")
        return RuntimeName.PROCESS
    engine = find_engine()
    if engine is None:
        say("runtime: local processes, since no container engine with Compose and BuildKit answers")
        return RuntimeName.PROCESS
    images = (python_image(), POSTGRES_IMAGE)
    if not pull and (absent := lacking(*images)):
        say(f"runtime: containers, on Docker {engine.version}, if {' and '.join(absent)} can be pulled")
        return RuntimeName.DOCKER
    try:
        see_to(*images)
    except RuntimeFault as error:
        say(f"runtime: local processes, since {error.what.splitlines()[0]}; {error.hint}")
        return RuntimeName.PROCESS
    say(f"runtime: containers, on Docker {engine.version}")
    return RuntimeName.DOCKER


def choose_app_host(name: RuntimeName, given: str | None, say: Callable[[str], None]) -> str | None:
    """The address of the host whose engine runs the containers; None where it is this host. `say` is told which.

    Raises UsageError where one is `given` and there are no containers, RuntimeFault where it can't be told.
    """
    if name is not RuntimeName.DOCKER:
        if given is not None:
            raise UsageError(
                "--app-host, or BENCH_APP_HOST, says where the containers are, and the servers run as local processes",
                hint="leave it out, or add --runtime docker and name that host in DOCKER_HOST or a Docker context",
            )
        return None
    address = find_app_host(given)
    if address is not None:
        say(f"app host: {address}, by its engine; the load comes from this host")
    return address


def lay_out_for(app_host: str | None, generators: int = 1) -> CpuLayout:
    """The CPU layout for so many generator processes, with an app host or without."""
    return layout_here(generators) if app_host is None else layout_across(generators)


def open_runtime(  # noqa: PLR0913, PLR0917 - each is another part of where it all runs
    name: RuntimeName,
    state_folder: Path,
    layout: CpuLayout,
    team: GeneratorTeam = GeneratorTeam(),  # noqa: B008 - frozen
    app_host: str | None = None,
    database: GivenDatabase | None = None,
) -> Runtime:
    """The runtime of this name, on the app host of this address and with the database of the user's if one is given.

    Raises RuntimeFault where it can't be used, UsageError where it can't reach the database.
    """
    if name is RuntimeName.DOCKER and database is not None:
        raise UsageError(
            f"{VARIABLE} names a database that the containers' network does not reach",
            hint="unset it, or use --runtime process",
        )
    if app_host is not None:
        return RemoteRuntime(state_folder, layout, app_host, team)
    if name is RuntimeName.DOCKER:
        return DockerRuntime(state_folder, layout, team)
    return ProcessRuntime(state_folder, layout, team, database)
