"""What a server wrote last, bounded and without secrets."""

from typing import Final

from harness.mask import masked

MOST_BYTES: Final = 4_000
MOST_LINES: Final = 20


def last_lines(text: str) -> str:
    """The end of a log. It is masked before it is cut, so that no secret is cut in two and shown by half."""
    return "\n".join(masked(text)[-MOST_BYTES:].splitlines()[-MOST_LINES:])
