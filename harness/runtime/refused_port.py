"""What a server's log says of ports that it could not have."""

import re
from typing import Final

_REFUSAL: Final = re.compile(r"address already in use|EADDRINUSE|errno 98\b|connection in use", re.IGNORECASE)
"""As Python, libuv and gunicorn say it; 98 is Linux's number for it."""
_PORT: Final = re.compile(r"(?<![\d.])(\d{2,5})(?![\d.])")
_EADDRINUSE: Final = 98
_LAST_PORT: Final = 65_535


def refused_ports(log: str) -> tuple[int, ...] | None:
    """Numbers that may be the ports, from the lines that say so; None where no line does."""
    lines = [line for line in log.splitlines() if _REFUSAL.search(line)]
    if not lines:
        return None
    numbers = (int(found) for line in lines for found in _PORT.findall(line))
    return tuple(dict.fromkeys(number for number in numbers if number != _EADDRINUSE and number <= _LAST_PORT))
