"""What a server's log says of ports that it could not have."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

_REFUSAL: Final = re.compile(r"address already in use|EADDRINUSE|errno 98\b|connection in use", re.IGNORECASE)
"""As Python, libuv and gunicorn say it; 98 is Linux's number for it."""
_PORT: Final = re.compile(r"(?<![\d.])(\d{2,5})(?![\d.])")
_OWN: Final = frozenset({"-p", "--port", "-b", "--bind", "-l", "--listen", "--address"})
"""Options by which servers are told their own port, and no other that they may have beside it."""
_EADDRINUSE: Final = 98
_LAST_PORT: Final = 65_535


def refused_ports(log: str) -> tuple[int, ...] | None:
    """Numbers that may be the ports, from the lines that say so; None where no line does."""
    lines = [line for line in log.splitlines() if _REFUSAL.search(line)]
    if not lines:
        return None
    numbers = (int(found) for line in lines for found in _PORT.findall(line))
    return tuple(dict.fromkeys(number for number in numbers if number != _EADDRINUSE and number <= _LAST_PORT))


def fixed_port(command: Sequence[str], refused: Collection[int]) -> int | None:
    """The port that a manifest's command fixes as the server's own, where it is one that was refused; else None.

    Where no port is known to be `refused`, it is whichever the command fixes.
    """
    return next((port for port in _fixed_in(command) if not refused or port in refused), None)


def _fixed_in(command: Sequence[str]) -> Iterator[int]:
    for before, word in zip(("", *command), command, strict=False):
        option, sign, value = word.partition("=")
        told = value if sign and option in _OWN else word if before in _OWN else ""
        if "$" not in told.rpartition(":")[2]:
            yield from (int(found) for found in _PORT.findall(told.rpartition(":")[2]))
