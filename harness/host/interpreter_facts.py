"""What an interpreter says about itself and its environment; run as a script by the interpreter in question.

Only the standard library is imported, and nothing of the harness.
"""

import importlib.util
import json
import os
import platform
import sys
import sysconfig
from importlib.metadata import distributions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import Distribution

ACCELERATORS = ("uvloop", "httptools", "orjson", "ujson", "msgspec", "rapidjson", "psycopg_c", "psycopg_binary")
"""Modules that servers and frameworks take to by themselves where they can be imported."""

_FLAGS_IN_USE = (
    "CFLAGS",
    "CFLAGS_NODIST",
    "CONFIGURE_CFLAGS_NODIST",
    "CONFIGURE_LDFLAGS_NODIST",
    "LDFLAGS",
    "LDFLAGS_NODIST",
    "PY_CFLAGS",
    "PY_CFLAGS_NODIST",
    "PY_CORE_CFLAGS",
    "PY_CORE_LDFLAGS",
    "PY_LDFLAGS",
    "PY_LDFLAGS_NODIST",
)
"""Build variables with flags that the build did use. Others, such as PGO_PROF_USE_FLAG, are only on offer."""


def interpreter(variables: "dict[str, object] | None" = None, executable: str = sys.executable) -> "dict[str, object]":
    """The fields of `harness.model.host.Interpreter`.

    Not every build names its optimisations in its configure arguments, so the flags it was compiled and
    linked with are read too. A distribution's own interpreter may show neither: Debian's is an optimised program
    beside the variables of another build of it. Where it shows nothing, that is None and not False.
    """
    hidden = None if os.path.realpath(executable).startswith("/usr/bin/") else False
    known = sysconfig.get_config_vars() if variables is None else variables
    configured = str(known.get("CONFIG_ARGS") or "")
    used = " ".join(str(known.get(name) or "") for name in _FLAGS_IN_USE)
    jit = getattr(sys, "_jit", None)
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "compiler": platform.python_compiler(),
        "pgo": "--enable-optimizations" in configured
        or "-fprofile-use" in used
        or "-fprofile-instr-use" in used
        or hidden,
        "lto": "--with-lto" in configured or "-flto" in used or hidden,
        "free_threaded": bool(known.get("Py_GIL_DISABLED")),
        "jit": bool(jit.is_enabled()) if jit else "--enable-experimental-jit" in configured.replace("=yes-off", "-off"),
    }


def packages() -> "dict[str, str]":
    """Every installed distribution and its version."""
    found = {name: str(item.metadata.get("Version", "unknown")) for name, item in _named()}
    return dict(sorted(found.items(), key=lambda pair: pair[0].lower()))


def installed() -> "dict[str, dict[str, object]]":
    """Of every installed distribution the size of its files in bytes, and what its metadata say that it requires.

    The files are those that its own record lists, with the bytecode compiled from them, for Python loads that. The tags
    say for which Pythons, ABIs and platforms its wheel was made (PEP 425).
    """
    return {
        name: {
            "modules": sorted({file.parts[0].removesuffix(".py") for file in item.files or () if file.suffix == ".py"}),
            "size_bytes": sum(_size_with_bytecode(str(file.locate())) for file in item.files or ()),
            "requires": item.requires or [],
            "tags": _tags(item.read_text("WHEEL")),
        }
        for name, item in _named()
    }


def _named() -> "Iterator[tuple[str, Distribution]]":
    """What an interrupted removal has left of a distribution has no name any more, and is none."""
    for item in distributions():
        if name := item.metadata.get("Name"):
            yield name, item


def _tags(wheel: "str | None") -> "list[str]":
    lines = (wheel or "").splitlines()
    return [line.partition(":")[2].strip() for line in lines if line.startswith("Tag:")]


def _size_with_bytecode(path: str) -> int:
    if "__pycache__" in path:
        return 0  # Installers that compile may list it, others don't: it is counted with its source.
    return _size(path) + (_size(importlib.util.cache_from_source(path)) if path.endswith(".py") else 0)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - for thousands of files
    except OSError:
        return 0


def accelerators() -> "list[str]":
    """The accelerators that can be imported."""
    return [name for name in ACCELERATORS if importlib.util.find_spec(name)]


if __name__ == "__main__":
    found = {
        "interpreter": interpreter(),
        "packages": packages(),
        "installed": installed(),
        "accelerators": accelerators(),
    }
    sys.stdout.write(json.dumps(found))
