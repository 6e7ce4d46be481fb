"""A second host with a container engine of its own: a network namespace, and nothing but an address in common."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from harness.runtime.docker.container_engine import docker
from harness.runtime.docker.images import POSTGRES_IMAGE, PYTHON_IMAGE
from tests.waiting import eventually

HOST: Final = "bench-app-host"
LOAD_HOST, APP_HOST = "10.213.11.1", "10.213.11.2"
BEYOND: Final = "10.213.12.1"
"""An address beyond the load host, which the app host has a route to."""
ENGINE: Final = f"tcp://{APP_HOST}:2375"

_LINK: Final = "bench-app"
_ROOT: Final = Path("/var/lib/framework-referee-second-engine")
"""Not in a folder of the tests: the engine's layers need a file system that is no such layer itself."""
_NETWORK: Final = f"{APP_HOST}/24"
_RULES: Final = (  # The app host reaches the package registries from which it builds images.
    ("nat", "POSTROUTING", "-s", _NETWORK, "!", "-o", _LINK, "-j", "MASQUERADE"),
    ("filter", "FORWARD", "-i", _LINK, "-j", "ACCEPT"),
    ("filter", "FORWARD", "-o", _LINK, "-j", "ACCEPT"),
)


@contextmanager
def second_host() -> Iterator[None]:
    """Make the host, start its engine, and give that the base images of this host's."""
    _remove()
    try:
        ip("netns", "add", HOST)
        ip("link", "add", _LINK, "type", "veth", "peer", "name", "eth0", "netns", HOST)
        ip("address", "add", f"{LOAD_HOST}/24", "dev", _LINK)
        ip("address", "add", f"{BEYOND}/32", "dev", _LINK)
        ip("link", "set", _LINK, "up")
        ip("-n", HOST, "address", "add", _NETWORK, "dev", "eth0")
        for link in ("eth0", "lo"):
            ip("-n", HOST, "link", "set", link, "up")
        ip("-n", HOST, "route", "add", "default", "via", LOAD_HOST)
        for table, chain, *rule in _RULES:
            subprocess.run(("iptables", "-w", "-t", table, "-I", chain, *rule), check=True)
        _ROOT.mkdir(parents=True)
        with (_ROOT / "log").open("wb") as log:
            # Its network alone is another: `ip netns exec` would hide the control groups too.
            engine = subprocess.Popen(
                (
                    *("nsenter", f"--net=/run/netns/{HOST}", "dockerd", "--tls=false", "--host", ENGINE),
                    *("--data-root", str(_ROOT / "data"), "--exec-root", str(_ROOT / "exec")),
                    *("--pidfile", str(_ROOT / "pid")),
                ),
                stdout=log,
                stderr=log,
                process_group=0,
            )
        try:
            _await_engine(engine)
            _hand_over(PYTHON_IMAGE, POSTGRES_IMAGE)
            yield
        finally:
            engine.terminate()
            engine.wait(60)
    finally:
        _remove()


def ip(*words: str, check: bool = True) -> None:
    """Run `ip` with these words."""
    subprocess.run(("ip", *words), check=check, capture_output=True)


@contextmanager
def unreachable() -> Iterator[None]:
    """As long as it lasts, no packet gets to the app host, and who sends one is told."""
    ip("route", "add", "unreachable", f"{APP_HOST}/32")
    try:
        yield
    finally:
        ip("route", "delete", "unreachable", f"{APP_HOST}/32")


def _await_engine(engine: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        assert engine.poll() is None, (_ROOT / "log").read_text()[-2000:]
        return subprocess.run(("docker", "-H", ENGINE, "version"), capture_output=True, check=False).returncode == 0

    eventually(answers, "an answer of the second host's engine")


def _hand_over(*images: str) -> None:
    """There is no registry between the two."""
    own = {name: value for name, value in os.environ.items() if name != "DOCKER_HOST"}
    with subprocess.Popen(("docker", "save", *images), stdout=subprocess.PIPE, env=own) as saved:
        subprocess.run(("docker", "-H", ENGINE, "load", "--quiet"), stdin=saved.stdout, check=True, capture_output=True)
    assert saved.returncode == 0


def _remove() -> None:
    for table, chain, *rule in _RULES:
        subprocess.run(("iptables", "-w", "-t", table, "-D", chain, *rule), check=False, capture_output=True)
    ip("netns", "delete", HOST, check=False)
    ip("link", "delete", _LINK, check=False)
    mounts = (line.split()[1] for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines())
    for mount in sorted((mount for mount in mounts if Path(mount).is_relative_to(_ROOT)), reverse=True):
        subprocess.run(("umount", "--lazy", mount), check=False, capture_output=True)  # of an engine that was killed
    shutil.rmtree(_ROOT, ignore_errors=True)


def containers_there() -> list[str]:
    """All that its engine has, by name; DOCKER_HOST has to name it."""
    return docker("ps", "--all", "--format", "{{.Names}}").split()
