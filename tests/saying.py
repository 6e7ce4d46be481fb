"""What `bench` says and how it ends, in this process: fast enough for thousands of examples."""

import io
import warnings
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

from harness.cli.main import carry_out
from harness.model.errors import ExitCode

READING: frozenset[int] = frozenset({ExitCode.OK, ExitCode.USAGE, ExitCode.INCOMPLETE, ExitCode.REGRESSION})
"""How a command may end that only reads, whatever it is given."""


class Said(NamedTuple):
    code: int
    out: str
    err: str


class _Stream(io.TextIOWrapper):
    """Text in memory that says what it goes to."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="backslashreplace", newline="\n")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode(errors="surrogateescape")


def say(*arguments: str, terminal: bool = False) -> Said:
    """Carry a command out; a warning counts as an error."""
    out, err = _Stream(terminal=terminal), _Stream(terminal=terminal)
    with redirect_stdout(out), redirect_stderr(err), warnings.catch_warnings():
        warnings.simplefilter("error")
        code = carry_out(arguments)
    return Said(code, out.text(), err.text())


def say_in_good_order(*arguments: str, terminal: bool = False) -> Said:
    """The same of a command that reads: it ends as documented, and with an error of the project's own if with any.

    Nothing that it says steers a terminal, but for what it makes bold on one.
    """
    said = say(*arguments, terminal=terminal)
    assert said.code in READING, said.err
    assert "Traceback" not in said.err
    if said.code == ExitCode.USAGE:
        assert (said.err.count("error: "), said.err.count("hint: ")) >= (1, 1), said.err
    assert terminal or not steering(said.out + said.err)
    return said


def steering(text: str) -> set[str]:
    """The characters that would steer a terminal."""
    return {each for each in text if not each.isprintable() and each not in "\n\t\N{NO-BREAK SPACE}"}
