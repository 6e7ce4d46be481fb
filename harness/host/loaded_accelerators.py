"""Which accelerators a running server has really loaded."""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from harness.host.interpreter_facts import ACCELERATORS


def loaded_accelerators(pids: Iterable[int]) -> frozenset[str]:
    """Which accelerators these processes have really loaded, by the shared objects in their memory maps."""
    found: set[str] = set()
    for pid in pids:
        with suppress(OSError):
            found.update(_accelerator_of(line) for line in Path(f"/proc/{pid}/maps").read_text().splitlines())
    return frozenset(found - {""})


def _accelerator_of(mapping: str) -> str:
    """`uvloop` for `.../site-packages/uvloop/loop.cpython-313-x86_64-linux-gnu.so`."""
    _, inside, module = mapping.rpartition("/site-packages/")
    name = re.split(r"[/.]", module, maxsplit=1)[0]
    return name if inside and module.endswith(".so") and name in ACCELERATORS else ""
