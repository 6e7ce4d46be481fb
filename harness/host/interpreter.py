"""Asks an interpreter what it is and what is installed for it."""

import subprocess
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name
from pydantic import ValidationError

from harness.host import interpreter_facts
from harness.model.base import Contract
from harness.model.errors import RuntimeFault
from harness.model.host import Interpreter

_TIMEOUT_S: Final = 30.0


class Distribution(Contract):
    """One that is installed."""

    modules: tuple[str, ...] = ()
    """By which it is imported."""
    size_bytes: int
    requires: tuple[str, ...]
    """Requirements as its metadata give them, markers and extras included (PEP 508)."""
    tags: tuple[str, ...] = ()
    """Of the wheel that it was installed from (PEP 425); none where it was installed otherwise."""


class Environment(Contract):
    """An interpreter and what its environment offers."""

    interpreter: Interpreter
    packages: dict[str, str]
    """Distributions and versions."""
    installed: dict[str, Distribution]
    """By name."""
    accelerators: tuple[str, ...]
    """Those that can be imported, whether or not they are used."""


def own_interpreter() -> Interpreter:
    """The interpreter that runs the harness and its load driver."""
    return Interpreter.model_validate(interpreter_facts.interpreter())


def own_packages() -> dict[str, str]:
    """The distributions that the harness runs with, and their versions."""
    return interpreter_facts.packages()


def modules_of(package: str | None, environment: Environment) -> tuple[str, ...]:
    """By which modules a distribution is imported; none where it is not installed."""
    return next(
        (
            found.modules
            for name, found in environment.installed.items()
            if package is not None and canonicalize_name(name) == canonicalize_name(package)
        ),
        (),
    )


def examine_environment(python: Path) -> Environment:
    """Have the interpreter at this path describe itself; raises RuntimeFault where it can't run."""
    try:
        done = subprocess.run(
            [str(python), "-I", interpreter_facts.__file__],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_TIMEOUT_S,
        )
        return Environment.model_validate_json(done.stdout)
    except (OSError, subprocess.SubprocessError, ValidationError) as error:
        said = getattr(error, "stderr", None) or error
        raise RuntimeFault(
            f"the interpreter {python} can't describe itself: {said}",
            hint="remove the .venv beside its app, it is then made again",
        ) from None
