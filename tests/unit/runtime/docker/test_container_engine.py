"""A docker command that says or is something else than Docker's: it stands for all that goes by that name."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.model.errors import RuntimeFault
from harness.model.run import Image
from harness.runtime.docker.container import Container
from harness.runtime.docker.container_engine import docker, find_engine, inspect
from harness.runtime.docker.images import describe_image, examine_image

type Fake = Callable[[bytes], None]

GOOD = json.dumps({"ServerVersion": "29.1", "CgroupVersion": "2", "Driver": "overlay2", "Extra": [1]}).encode()


@pytest.fixture
def says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Makes a docker command that answers anything with these bytes."""

    def make(answer: bytes) -> None:
        (tmp_path / "answer").write_bytes(answer)
        command = tmp_path / "docker"
        command.write_text(f"#!/bin/sh\ncat {tmp_path / 'answer'}\n")
        command.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return make


def test_what_is_needed_of_the_answer_is_taken(says: Fake) -> None:
    says(GOOD)
    engine = find_engine()
    assert engine is not None
    assert (engine.version, engine.cgroup_version, engine.runtime) == ("29.1", "2", "unknown")


NONSENSE = [
    b"[]",
    b"[1, 2]",
    b'"text"',
    b"null",
    b"17",
    b"{",
    b"",
    b"\xff\xfe{}",
    b'{"ServerVersion": ["29"]}',
    b'{"ServerVersion": "29", "ServerErrors": "none"}',
    b'{"ServerVersion": "29", "Driver": {"a": 1}}',
    b"<html>502 Bad Gateway</html>",
    b"[" * 100_000,
]


@pytest.mark.fault(
    where="engine",
    what="Its `docker info` prints something else than Docker's (a wrapper, a proxy's page, a list)",
    happens="There is no engine, as far as the harness goes: `auto` takes local processes, and says so.",
    lost="Nothing",
    exit_code=0,
)
@pytest.mark.parametrize("answer", NONSENSE, ids=lambda answer: repr(answer[:20]))
def test_nonsense_is_no_engine(says: Fake, answer: bytes) -> None:
    says(answer)
    assert find_engine() is None


@pytest.mark.parametrize("answer", [*NONSENSE, b"{}", b"[{}]", GOOD], ids=lambda answer: repr(answer[:20]))
def test_nonsense_of_a_container_or_an_image_is_one_fault(says: Fake, answer: bytes) -> None:
    says(answer)
    image = Image(name="some/image", digest="sha256:0", size_bytes=1, build_s=None)
    for ask in (
        lambda: Container("some"),
        lambda: describe_image("some/image"),
        lambda: examine_image(image),
    ):
        with pytest.raises(RuntimeFault, match=r"can't be read|can't describe itself"):
            ask()


def test_a_container_s_answer_has_the_right_names(says: Fake) -> None:
    state = {"Pid": 0, "Running": False, "ExitCode": 3, "StartedAt": "2026-11-26T01:02:03.123456789Z"}
    networks = {"inside": {"IPAddress": "172.18.0.2"}}
    ports = {"8000/tcp": [{"HostIp": "0.0.0.0", "HostPort": "32768"}], "9000/tcp": None}
    found = {
        "Id": "abc",
        "Image": "sha256:1",
        "State": state,
        "NetworkSettings": {"Networks": networks, "Ports": ports},
    }
    says(json.dumps([found]).encode())
    container = Container("some")
    assert (container.address, container.published(8000), container.published(9000)) == ("172.18.0.2", 32768, None)
    assert container.exit_code() == 3


@pytest.mark.fault(
    where="engine",
    what="The docker command can't be executed",
    happens="There is no engine, as far as the harness goes: `auto` takes local processes, and says so.",
    lost="Nothing",
    exit_code=0,
)
@pytest.mark.parametrize("oddness", ["a folder", "may not be executed", "of another machine"])
def test_a_docker_command_that_can_not_be_executed_is_no_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, oddness: str
) -> None:
    command = tmp_path / "docker"
    if oddness == "a folder":
        command.mkdir()
    else:
        command.write_bytes(b"\x7fELF nothing that runs")
        command.chmod(0o755 if oddness == "of another machine" else 0o644)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_engine() is None
    with pytest.raises(RuntimeFault, match="docker command"):
        docker("version")


def test_what_the_engine_refuses_is_told_in_its_words(says: Fake, tmp_path: Path) -> None:
    says(b"")
    (tmp_path / "docker").write_text("#!/bin/sh\nprintf 'denied \\377 by policy' >&2\nexit 1\n")
    with pytest.raises(RuntimeFault, match="denied � by policy"):
        inspect("container", "some")
