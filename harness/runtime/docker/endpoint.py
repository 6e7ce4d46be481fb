"""Where the container engine is: on this host, or on another at which address."""

import ipaddress
import os
import socket
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from harness.model.errors import RuntimeFault
from harness.runtime.docker.container_engine import docker

_DECIDING: Final = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")
_ANSWER_S: Final = 10.0
_HINT: Final = "give the address at which this host reaches it, such as --app-host 192.168.1.20"


def find_app_host(given: str | None) -> str | None:
    """The address of the engine's host as this host reaches it; None where it is this host.

    `given` is what the user says it is, if anything. Raises RuntimeFault where it can't be told.
    """
    if given is not None:
        return _resolved(given)
    host = _host_of(_endpoint()[1])
    if host is None:
        return None
    address = _resolved(host)
    return None if _is_own(address) else address


def reached_by() -> dict[str, str]:
    """The variables with which the docker command reaches this same engine later, wherever it points by then."""
    context, _ = _endpoint()
    chosen = {name: os.environ.get(name, "") for name in _DECIDING}
    return chosen if chosen["DOCKER_HOST"] else {**chosen, "DOCKER_CONTEXT": context}


def described(variables: Mapping[str, str]) -> str:
    """What these variables reach, for people."""
    return variables.get("DOCKER_HOST") or f"Docker context '{variables.get('DOCKER_CONTEXT') or 'default'}'"


def _endpoint() -> tuple[str, str]:
    """The name of the Docker context in use, and its endpoint."""
    context, _, endpoint = (
        docker("context", "inspect", "--format", "{{.Name}} {{.Endpoints.docker.Host}}").strip().partition(" ")
    )
    return context, endpoint


def _host_of(endpoint: str) -> str | None:
    """The host in an endpoint; None for a socket of this host."""
    parts = urlsplit(endpoint)
    if parts.scheme == "ssh":
        return _ssh_host(endpoint, parts.hostname or "")
    return parts.hostname if parts.scheme in {"tcp", "http", "https"} else None


def _ssh_host(endpoint: str, host: str) -> str:
    """What ssh's own configuration makes of a host's name, which may be an alias there."""
    if endpoint.startswith("ssh://") and not host.startswith("-"):
        with suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run(
                ("ssh", "-G", host),  # noqa: S607 - as the docker command finds it
                capture_output=True,
                text=True,
                check=True,
                timeout=_ANSWER_S,
            )
            for line in done.stdout.splitlines():
                name, _, value = line.partition(" ")
                if name == "hostname" and value:
                    return value
    return host


def _resolved(host: str) -> str:
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)
    except OSError as error:
        raise RuntimeFault(f"the container engine's host {host} has no address here: {error}", hint=_HINT) from None
    return str(found[0][4][0])


def _is_own(address: str) -> bool:
    if ipaddress.ip_address(address).is_loopback:
        return True
    with suppress(OSError), socket.socket() as trial:
        trial.bind((address, 0))
        return True
    return False
