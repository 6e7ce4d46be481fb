"""The container engine, through its own command line: Compose, BuildKit and contexts come with it."""

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any, Final

from harness.model.errors import RuntimeFault
from harness.model.run import ContainerEngine

COMMAND_S: Final = 120.0
"""Longer than any command takes that does not build or pull."""
BUILD_S: Final = 1_200.0
AWAY_S: Final = 20.0
"""For the first question to an engine that may be away."""

_ANSWER_S: Final = 10.0
_TOLD_LINES: Final = 12


def docker(
    *words: str, variables: Mapping[str, str] | None = None, given: str | None = None, timeout_s: float = COMMAND_S
) -> str:
    """Run `docker` with these words; returns what it printed, without what it said on the way.

    `variables` are added to the environment, for the Compose file's sake; `given` goes to standard input.
    Raises RuntimeFault, with the engine's own last lines, where it fails or takes too long.
    """
    by_hand = " ".join(("docker", *words))
    try:
        done = subprocess.run(
            ("docker", *words),  # noqa: S607 - as the user has it
            env=environment(variables),
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_s,
        )
    except FileNotFoundError:
        raise RuntimeFault("there is no docker command", hint="install Docker, or use --runtime process") from None
    except subprocess.TimeoutExpired:
        raise RuntimeFault(f"the container engine did not finish within {timeout_s:g} s", hint=by_hand) from None
    if done.returncode:
        told = "\n".join((done.stderr or done.stdout).strip().splitlines()[-_TOLD_LINES:])
        raise RuntimeFault(f"the container engine refused: {told}", hint=f"run it by hand: {by_hand}")
    return done.stdout


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for the docker command: the caller's, which may name a context or a host, and these."""
    return {**os.environ, "DOCKER_BUILDKIT": "1", **(variables or {})}


def inspect(kind: str, name: str) -> dict[str, Any]:
    """What the engine knows of a `container`, `image` or `network`; raises RuntimeFault where there is none."""
    found: list[dict[str, Any]] = json.loads(docker(kind, "inspect", name))
    return found[0]


def find_engine(*, elsewhere: bool = False) -> ContainerEngine | None:
    """The engine that answers, with Compose and BuildKit; None where one of the three is missing.

    Of an engine on another host, what it says of that host is kept.
    """
    try:
        about = json.loads(docker("info", "--format", "{{json .}}", timeout_s=_ANSWER_S))
        compose = docker("compose", "version", "--short", timeout_s=_ANSWER_S).strip()
        docker("buildx", "version", timeout_s=_ANSWER_S)
    except (RuntimeFault, ValueError):
        return None
    if about.get("ServerErrors") or not about.get("ServerVersion"):
        return None
    return ContainerEngine(
        version=about["ServerVersion"],
        compose_version=compose,
        cgroup_version=about.get("CgroupVersion") or "1",
        storage_driver=about.get("Driver") or "unknown",
        runtime=about.get("DefaultRuntime") or "unknown",
        host_name=about.get("Name") if elsewhere else None,
        operating_system=about.get("OperatingSystem") if elsewhere else None,
    )
