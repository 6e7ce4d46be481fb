"""The observer on this host, whose processes it sees as those of any other."""

import os
import subprocess
from pathlib import Path

import pytest

from harness.metering import observer
from harness.metering.observer import Observer
from harness.metering.observer_protocol import (
    Account,
    Describe,
    Described,
    Look,
    Looked,
    Read,
    Reading,
    Refused,
    Watch,
    Watched,
)
from harness.model.host import CpuLayout


@pytest.fixture
def observed(monkeypatch: pytest.MonkeyPatch) -> Observer:
    monkeypatch.setattr(observer, "CGROUPS", Path("/sys/fs/cgroup"))
    return Observer((0, 1, 2))


def group_of(pid: int | str) -> str:
    """Something of a process's control groups, as a container's id is of its own's."""
    return Path(f"/proc/{pid}/cgroup").read_text().splitlines()[0].rpartition(":")[2]


def test_a_watched_container_has_an_account_until_it_has_ended(observed: Observer) -> None:
    with subprocess.Popen(("sleep", "60")) as process:
        asked = Watch(container_id=group_of(process.pid), pid=process.pid)
        assert observed.answer(asked.model_dump_json()) == Watched(found=True)
        read = Read(containers=(asked.container_id,), cpus=(0,)).model_dump_json()
        first = observed.answer(read)
        assert isinstance(first, Reading)
        assert first.accounts[0].alive
        looked = observed.answer(Look(container_id=asked.container_id).model_dump_json())
        assert isinstance(looked, Looked)
        assert looked.processes >= 1
        process.kill()
    second = observed.answer(read)
    assert isinstance(second, Reading)
    assert not second.accounts[0].alive
    assert second.at_ns > first.at_ns


def test_a_process_of_another_container_is_not_taken_for_it(observed: Observer) -> None:
    asked = Watch(container_id="0123456789abcdef", pid=os.getpid())
    assert observed.answer(asked.model_dump_json()) == Watched(found=False)


@pytest.mark.parametrize("line", ["", "{}", '{"command":"leave"}', Read(containers=("unknown",)).model_dump_json()])
def test_what_can_not_be_answered_is_refused_and_not_the_end(observed: Observer, line: str) -> None:
    assert isinstance(observed.answer(line), Refused)


def test_a_gone_control_group_is_unknown_and_not_zero(observed: Observer) -> None:
    observed.answer(Watch(container_id="gone", pid=2**22 + 1).model_dump_json())
    reading = observed.answer(Read(containers=("gone",)).model_dump_json())
    assert isinstance(reading, Reading)
    assert reading.accounts == (Account(alive=False, cpu_ns=None, throttled_ns=None),)


def test_the_host_is_described_with_the_cpus_of_its_containers(observed: Observer) -> None:
    layout = CpuLayout(server=(0,), generator=(0,), database=(1,), load_host_apart=True)
    described = observed.answer(Describe(layout=layout).model_dump_json())
    assert isinstance(described, Described)
    assert described.host.cpu_count == 3
    assert all(check.name.endswith(", app host") for check in described.checks)
