"""The observer on an app host: `python -m harness.metering.observer`, spoken to by `harness.runtime.docker.app_host`.

It runs in a container that shares the host's process ids and sees its control groups, and reads there what the
harness reads itself where the engine is on its own host: the same files, by the same code. It needs no privilege: the
servers run under its own user id, so the kernel lets it look into their memory.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from harness.companion import bind_to_harness, cpu_argument
from harness.host.cgroup import Cgroup
from harness.host.cpus import allowed_cpus, siblings, steal_ns
from harness.host.description import describe_host
from harness.host.doctor import examine_app_host
from harness.host.loaded_accelerators import loaded_accelerators
from harness.metering.observer_protocol import (
    QUESTIONS,
    Account,
    Describe,
    Described,
    Look,
    Looked,
    Read,
    Reading,
    Refused,
    Reply,
    Watch,
    Watched,
)
from harness.metering.process_tree import memory_of, start_ticks
from harness.model.base import build_contracts
from harness.model.host import HostCpus

CGROUPS: Final = Path("/host/cgroup")
"""Where the Compose file mounts the host's `/sys/fs/cgroup`."""


class _Container:
    """A container that is watched."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._start_ticks = start_ticks(pid)
        self._cgroup = Cgroup(pid, mount=CGROUPS)

    def account(self) -> Account:
        return Account(
            alive=self._start_ticks is not None and start_ticks(self._pid) == self._start_ticks,
            cpu_ns=self._cgroup.cpu_ns(),
            throttled_ns=self._cgroup.throttled_ns(),
        )

    def look(self) -> Looked:
        pids = self._cgroup.pids()
        memory = memory_of(pids, charged_bytes=self._cgroup.memory_bytes())
        return Looked(
            rss_bytes=memory.rss_bytes,
            pss_bytes=memory.pss_bytes,
            charged_bytes=memory.charged_bytes,
            processes=memory.processes,
            accelerators=tuple(sorted(loaded_accelerators(pids))),
        )


class Observer:
    """Answers one question after another."""

    def __init__(self, cpus: tuple[int, ...]) -> None:
        """`cpus` are those that the host's containers may use."""
        self._cpus = cpus
        self._containers: dict[str, _Container] = {}

    def answer(self, line: str) -> Reply:
        """The answer to one line; `Refused` where there is none."""
        try:
            question = QUESTIONS.validate_json(line)
            match question:
                case Watch():
                    return self._watch(question)
                case Read():
                    return self._read(question)
                case Look(container_id=container_id):
                    return self._containers[container_id].look()
                case Describe(layout=layout):
                    return Described(host=describe_host(self._cpus), checks=examine_app_host(layout))
        except (ValidationError, OSError, KeyError) as error:
            return Refused(what=f"{type(error).__name__}: {error}")

    def _watch(self, asked: Watch) -> Watched:
        try:
            found = asked.container_id in Path(f"/proc/{asked.pid}/cgroup").read_text(encoding="utf-8")
        except FileNotFoundError:
            found = True  # it has ended meanwhile
        self._containers[asked.container_id] = _Container(asked.pid)
        return Watched(found=found)

    def _read(self, asked: Read) -> Reading:
        accounts = tuple(self._containers[container].account() for container in asked.containers)
        return Reading(
            at_ns=time.monotonic_ns(), wall_ns=time.time_ns(), accounts=accounts, steal_ns=steal_ns(asked.cpus)
        )


def main() -> None:
    """Answer until standard input ends; with `--cpus`, tell the host's CPUs and end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep-to", type=cpu_argument, metavar="CPUS", help="run on these, such as 1 or 2,3")
    parser.add_argument("--cpus", action="store_true", help="tell which CPUs there are, and end")
    chosen = parser.parse_args()
    allowed = allowed_cpus()
    if chosen.cpus:
        _say(HostCpus(allowed=allowed, siblings=siblings(allowed)).model_dump_json())
        return
    bind_to_harness(chosen.keep_to)
    build_contracts()
    observer = Observer(allowed)
    for line in sys.stdin:
        _say(observer.answer(line).model_dump_json())


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
