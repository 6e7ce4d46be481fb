"""The description of this machine, as far as it shapes a number."""

import hashlib
import os
import platform
import resource
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from harness.host.cgroup import Cgroup
from harness.host.cpus import allowed_cpus, siblings
from harness.model.host import Host

CPU_FOLDER: Final = Path("/sys/devices/system/cpu")
CLOCK_SOURCE: Final = Path("/sys/devices/system/clocksource/clocksource0/current_clocksource")


def describe_host(cpus: tuple[int, ...] | None = None) -> Host:
    """Read all of it now; `cpus` are those that may be used, by default those of this process."""
    cpus = allowed_cpus() if cpus is None else cpus
    model = cpu_model()
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    kernel = platform.release()
    comparable = (model, platform.machine(), len(cpus), round(memory_bytes / 2**30), kernel.split(".")[0])
    return Host(
        kernel=kernel,
        machine=platform.machine(),
        cpu_model=model,
        cpu_count=len(cpus),
        memory_bytes=memory_bytes,
        virtualization=_virtualization("--vm"),
        container=_virtualization("--container") or _container_mark(),
        governor=governor(cpus[0]),
        smt=smt(cpus),
        clock_source=read(CLOCK_SOURCE),
        cgroup_cpu_limit=Cgroup().cpu_limit(),
        open_files_limit=resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        os_release=_os_release(),
        fingerprint=hashlib.sha256(repr(comparable).encode()).hexdigest()[:12],
    )


def read(path: Path) -> str | None:
    """The text of a file of the kernel's, or None where it can't be read."""
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text(encoding="utf-8").strip()
    return None


def cpu_model() -> str:
    """The CPU as the kernel names it."""
    names: dict[str, str] = {}
    for line in (read(Path("/proc/cpuinfo")) or "").splitlines():
        name, _, value = line.partition(":")
        names.setdefault(name.strip(), value.strip())
    # x86 has the first, boards with Arm the second, Arm servers the third.
    return names.get("model name") or names.get("Model") or names.get("CPU part") or "unknown"


def governor(cpu: int) -> str | None:
    """The frequency governor of a CPU; None where the hypervisor or the firmware decides."""
    return read(CPU_FOLDER / f"cpu{cpu}" / "cpufreq" / "scaling_governor")


def smt(cpus: Iterable[int]) -> bool | None:
    """Whether two of these CPUs share a core; None where the kernel does not say."""
    if not (CPU_FOLDER / "cpu0" / "topology" / "thread_siblings_list").exists():
        return None
    cpus = set(cpus)
    return any(len(core & cpus) > 1 for core in siblings(cpus).values())


def _virtualization(kind: str) -> str | None:
    """What systemd-detect-virt finds, where it is installed; else whether the CPU says it is virtual."""
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            ["systemd-detect-virt", kind],  # noqa: S607 - wherever the system has it
            capture_output=True,
            text=True,
            check=False,
            timeout=5,
        )
        found = done.stdout.strip()
        if found:
            return None if found == "none" else found
    if kind == "--vm" and " hypervisor" in (read(Path("/proc/cpuinfo")) or ""):
        return read(Path("/sys/class/dmi/id/sys_vendor")) or "unknown hypervisor"
    return None


def _container_mark() -> str | None:
    marks = {"docker": Path("/.dockerenv"), "podman": Path("/run/.containerenv")}
    return next((name for name, path in marks.items() if path.exists()), None)


def _os_release() -> str:
    with suppress(OSError):
        return platform.freedesktop_os_release().get("PRETTY_NAME", "unknown")
    return "unknown"
