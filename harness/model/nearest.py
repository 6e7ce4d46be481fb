"""Which of the known names somebody meant who spelt one of them wrongly."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that is most like the word; None where none is like it."""
    by_small_letters = {name.casefold(): name for name in sorted(known)}
    found = get_close_matches(word.casefold(), by_small_letters, n=1)
    return by_small_letters[found[0]] if found else None


def is_meant(word: str, known: Iterable[str]) -> str:
    """`; is 'django' meant?` for the end of a sentence; nothing where no known name is like the word."""
    found = nearest(word, known)
    return "" if found is None else f"; is '{found}' meant?"
