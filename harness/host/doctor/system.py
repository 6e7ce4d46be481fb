"""The host as the checks see it: its files, and the few things that are no files."""

import os
import resource
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from harness.companion import WATCH_PRIORITY, may_go_first
from harness.host.doctor.sample import Sample
from harness.host.interpreter import own_interpreter
from harness.host.measuring import Measuring, who_measures
from harness.model.host import ContainerEngine, CpuLayout, Interpreter


@dataclass(frozen=True)
class System:
    """All that the checks look at. Its files lie below `root`: a constructed host can stand in for this one."""

    layout: CpuLayout
    sample: Sample
    interpreter: Interpreter
    environment: Mapping[str, str]
    open_files: int | None
    """How many one process may have open at the most; None without a limit."""
    goes_first: bool
    """Whether a process may run before everything else on its CPU."""
    docker_installed: bool
    engine: ContainerEngine | None
    measuring: tuple[Measuring, ...] = ()
    """Other commands that measure on it at this moment."""
    root: Path = Path("/")

    @classmethod
    def here(cls, layout: CpuLayout, engine: ContainerEngine | None) -> Self:
        """This host, watched for about a second; `engine` is the container engine that answers here."""
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
        return cls(
            layout=layout,
            sample=Sample.take(layout),
            interpreter=own_interpreter(),
            environment=dict(os.environ),
            open_files=None if hard == resource.RLIM_INFINITY else hard,
            goes_first=may_go_first(WATCH_PRIORITY),
            docker_installed=any(os.access(Path(folder, "docker"), os.X_OK) for folder in folders),
            engine=engine,
            measuring=who_measures(),
        )

    @property
    def used_cpus(self) -> tuple[int, ...]:
        """The CPUs of server, generator and database, in ascending order."""
        return tuple(sorted({*self.layout.server, *self.layout.generator, *self.layout.database}))

    def path(self, path: str) -> Path:
        """Where the file lies that a host has at this absolute path."""
        return self.root / path.lstrip("/")

    def read(self, path: str) -> str | None:
        """The text of a file of the kernel's; None where it can't be read."""
        with suppress(OSError, UnicodeDecodeError):
            return self.path(path).read_text(encoding="utf-8").strip()
        return None

    def numbers(self, path: str) -> tuple[int, ...]:
        """The whole numbers in a file; none where it can't be read or holds anything else."""
        with suppress(ValueError):
            return tuple(map(int, (self.read(path) or "").split()))
        return ()

    def memory_bytes(self, name: str) -> int | None:
        """A figure of /proc/meminfo, such as `MemAvailable`."""
        for line in (self.read("/proc/meminfo") or "").splitlines():
            key, _, value = line.partition(":")
            if key == name and value.split()[:1] and value.split()[0].isdigit():
                return int(value.split()[0]) * 1024
        return None

    def local_ports(self) -> Iterator[int]:
        """The local port of each TCP socket, waiting ones included."""
        for name in ("tcp", "tcp6"):
            for line in (self.read(f"/proc/net/{name}") or "").splitlines()[1:]:
                with suppress(IndexError, ValueError):
                    yield int(line.split()[1].rpartition(":")[2], 16)
