"""How a framework's name is written, by what its distribution says of itself: FastHTML for `python-fasthtml`."""

import re
from collections import Counter
from typing import Final

_OF_THE_LANGUAGE: Final = re.compile(r"^(?:python|py)[-_]|[-_](?:python|py)$")
"""What a distribution is called beside its framework's name."""

_NO_PROSE: Final = re.compile(
    r"""
    ^[ \t]*(`{3,}|~{3,}).*?^[ \t]*\1 | # a block of code
    ^(?:[ ]{2,}|\t|[ ]*(?:\$|>>>)).*?$ | # one that is indented, or a line for a terminal
    `+[^`\n]+`+_* | \]\([^)]*\) | <[^<>]*> | \S+://\S+ # code within a line, and addresses
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)


def spelling_of(name: str, said: str) -> str | None:
    """The spelling that `said` has most often outside of code, such as `Django Ninja` for `django-ninja`.

    One of the name without `python` is taken where it has capitals, as the whole name has not. None where the text
    names it nowhere.
    """
    prose = _NO_PROSE.sub(" ", said)
    whole, short = _most_often(name, prose), _most_often(without_language(name), prose)
    return short if short and not _has_capitals(whole) and _has_capitals(short) else whole


def without_language(name: str) -> str:
    """The name of a distribution without the language in it: `fasthtml` for `python-fasthtml`."""
    return _OF_THE_LANGUAGE.sub("", name) or name


def _most_often(name: str, prose: str) -> str | None:
    joined = "[-_. ]?".join(map(re.escape, re.split(r"[-_.]+", name)))
    found = Counter(re.findall(rf"(?<![\w./@-]){joined}(?![\w/@-]|\.\w)", prose, re.IGNORECASE))
    return max(found, key=lambda each: (found[each], sum(map(str.isupper, each))), default=None)


def _has_capitals(name: str | None) -> bool:
    return name is not None and name != name.lower()
