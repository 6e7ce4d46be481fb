"""The container engine, through its own command line: Compose, BuildKit and contexts come with it."""

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_pascal

from harness.model.errors import RuntimeFault
from harness.model.host import ContainerEngine

COMMAND_S: Final = 120.0
"""Longer than any command takes that does not build or pull."""
BUILD_S: Final = 1_200.0
AWAY_S: Final = 20.0
"""For the first question to an engine that may be away."""

_ANSWER_S: Final = 10.0
_TOLD_LINES: Final = 12
_TOLD_CHARACTERS: Final = 100


class Answer(BaseModel):
    """A part of what the engine says, whose names begin with capitals; whatever else it says is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_pascal)


def docker(
    *words: str, variables: Mapping[str, str] | None = None, given: str | None = None, timeout_s: float = COMMAND_S
) -> str:
    """Run `docker` with these words; returns what it printed, without what it said on the way.

    `variables` are added to the environment, for the Compose file's sake; `given` goes to standard input.
    Raises RuntimeFault, with the engine's own last lines, where it fails or takes too long.
    """
    command = ("docker", *words)
    try:
        done = subprocess.run(
            command,
            env=environment(variables),
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=timeout_s,
        )
    except FileNotFoundError:
        raise RuntimeFault("there is no docker command", hint="install Docker, or use --runtime process") from None
    except OSError as error:
        raise RuntimeFault(
            f"the docker command can't be executed: {error.strerror}",
            hint="see which one `command -v docker` names, or use --runtime process",
        ) from None
    except subprocess.TimeoutExpired:
        raise hangs(timeout_s, command) from None
    if done.returncode:
        told = "\n".join((done.stderr or done.stdout).strip().splitlines()[-_TOLD_LINES:])
        raise RuntimeFault(f"the container engine refused: {told}", hint=by_hand(command))
    return done.stdout


def hangs(waited_s: float, command: Iterable[str]) -> RuntimeFault:
    """What to raise where this command, which was waited for so long, has been given up."""
    return RuntimeFault(f"the container engine did not finish within {waited_s:g} s", hint=by_hand(command))


def by_hand(command: Iterable[str]) -> str:
    """How a person sees what the engine does."""
    return f"run it by hand: {' '.join(command)}"


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for the docker command: the caller's, which may name a context or a host, and these."""
    return {**os.environ, "DOCKER_BUILDKIT": "1", **(variables or {})}


def inspect(kind: str, name: str) -> dict[str, Any]:
    """What the engine knows of a `container`, `image` or `network`; raises RuntimeFault where there is none."""
    answer = docker(kind, "inspect", name)
    try:
        return _INSPECTED.validate_json(answer)[0]
    except ValueError:
        raise _nonsense(answer) from None


def read[Shape: Answer](shape: type[Shape], answer: dict[str, Any]) -> Shape:
    """What is needed of an answer; raises RuntimeFault where that is not in it."""
    try:
        return shape.model_validate(answer)
    except ValidationError:
        raise _nonsense(json.dumps(answer)) from None


def find_engine(*, elsewhere: bool = False) -> ContainerEngine | None:
    """The engine that answers, with Compose and BuildKit; None where one of the three is missing or talks nonsense.

    Of an engine on another host, what it says of that host is kept.
    """
    try:
        about = _Info.model_validate_json(docker("info", "--format", "{{json .}}", timeout_s=_ANSWER_S))
        compose = docker("compose", "version", "--short", timeout_s=_ANSWER_S).strip()
        docker("buildx", "version", timeout_s=_ANSWER_S)
    except (RuntimeFault, ValidationError):
        return None
    if about.server_errors or not about.server_version:
        return None
    return ContainerEngine(
        version=about.server_version,
        compose_version=compose,
        cgroup_version=about.cgroup_version or "1",
        storage_driver=about.driver or "unknown",
        runtime=about.default_runtime or "unknown",
        host_name=about.name if elsewhere else None,
        operating_system=about.operating_system if elsewhere else None,
    )


class _Info(Answer):
    server_version: str | None = None
    server_errors: list[Any] | None = None
    cgroup_version: str | None = None
    driver: str | None = None
    default_runtime: str | None = None
    name: str | None = None
    operating_system: str | None = None


_INSPECTED: Final = TypeAdapter(Annotated[list[dict[str, Any]], Field(min_length=1)])


def _nonsense(answer: str) -> RuntimeFault:
    return RuntimeFault(
        f"the container engine's answer can't be read: {answer[:_TOLD_CHARACTERS]!r}",
        hint="see what `docker version` says of client and server, or use --runtime process",
    )
