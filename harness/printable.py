"""Text that others wrote, made fit to be shown: nothing in it can steer a terminal or a page."""

import unicodedata
from typing import Final

_INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_KEPT_CONTROLS: Final = frozenset("\n\t")
_SEEN: Final = str.maketrans("\n\t\N{NO-BREAK SPACE}", "   ")
"""What can be seen, or is as good as seen, although Python has it as not printable."""


def printable(text: str) -> str:
    """`text` with every character that can't be seen, or that reorders others, written as an escape.

    Failures quote what a server sent, and titles and claims are anybody's: they are shown without being obeyed.
    """
    # Most texts have nothing to escape. Only of those that may have is each character looked at, which takes long.
    if text.isprintable() or text.translate(_SEEN).isprintable():
        return text
    return "".join(map(_visible, text))


def one_line(text: str) -> str:
    """`text` as `printable`, on one line."""
    return printable(" ".join(text.split()))


def is_hidden(character: str) -> bool:
    """Whether a character can't be seen, or moves others; the breaks of lines and columns are as good as seen."""
    return unicodedata.category(character) in _INVISIBLE_CATEGORIES and character not in _KEPT_CONTROLS


def _visible(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii") if is_hidden(character) else character
