"""Which runtime a run uses."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from harness.model.errors import RuntimeFault
from harness.model.host import CpuLayout
from harness.model.run import GeneratorTeam, RuntimeName
from harness.runtime.docker.engine import find_engine
from harness.runtime.docker.images import POSTGRES_IMAGE, python_image, see_to
from harness.runtime.docker.runtime import DockerRuntime
from harness.runtime.process import ProcessRuntime
from harness.runtime.protocol import Runtime


class RuntimeChoice(StrEnum):
    """What the user may ask for."""

    AUTO = "auto"
    """Containers where an engine answers that has, or can pull, the base images; local processes elsewhere."""
    PROCESS = "process"
    DOCKER = "docker"


def choose_runtime(choice: RuntimeChoice, say: Callable[[str], None]) -> RuntimeName:
    """The runtime for a choice; `say` is told which `auto` chose, and why.

    Raises nothing: whether a runtime asked for by name can be used shows when it is opened.
    """
    if choice is not RuntimeChoice.AUTO:
        return RuntimeName(choice.value)
    engine = find_engine()
    if engine is None:
        say("runtime: local processes, since no container engine with Compose and BuildKit answers")
        return RuntimeName.PROCESS
    try:
        see_to(python_image(), POSTGRES_IMAGE)
    except RuntimeFault as error:
        say(f"runtime: local processes, since {error.what.splitlines()[0]}; {error.hint}")
        return RuntimeName.PROCESS
    say(f"runtime: containers, on Docker {engine.version}")
    return RuntimeName.DOCKER


def open_runtime(
    name: RuntimeName,
    state_folder: Path,
    layout: CpuLayout,
    team: GeneratorTeam = GeneratorTeam(),  # noqa: B008 - frozen
) -> Runtime:
    """The runtime of this name; raises RuntimeFault where it can't be used."""
    if name is RuntimeName.DOCKER:
        return DockerRuntime(state_folder, layout, team)
    return ProcessRuntime(state_folder, layout, team)
