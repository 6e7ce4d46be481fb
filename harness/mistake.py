"""What is wrong with a file that users write (a manifest, claims), in words that are no programmer's."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from harness.model.app import PACKAGE_PATTERN, VARIABLE_PATTERN
from harness.model.base import NAME_PATTERN
from harness.model.claim_values import PARTICIPANT_PATTERN
from harness.model.errors import meant

type Place = tuple[str | int, ...]
"""Keys and numbers of entries that lead to a value."""


class Mistake(NamedTuple):
    """The first thing that is wrong, in plain words."""

    place: Place
    what: str
    meant: str
    """A question that begins a hint; empty where nothing is like what was written."""


_SAID: Final = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "tuple_type": "it should be a list, in brackets",
    "list_type": "it should be a list, in brackets",
    "dict_type": "it should be a table",
    "model_type": "it should be a table",
    "model_attributes_type": "it should be a table",
    "string_type": "it should be a text, in quotes",
    "bool_type": "it should be true or false",
    "bool_parsing": "it should be true or false",
    "int_type": "it should be a whole number, without quotes",
    "int_parsing": "it should be a whole number, without quotes",
    "int_from_float": "it should be a whole number",
    "float_type": "it should be a number, without quotes",
    "float_parsing": "it should be a number, without quotes",
    "finite_number": "it should be a finite number",
    "greater_than_equal": "it should be at least {ge:,}",
    "less_than_equal": "it should be at most {le:,}",
    "string_too_short": "it should not be empty",
    "string_too_long": "it should have at most {max_length} characters",
    "too_long": "it should have at most {max_length} entries",
    "date_type": "it should be a day, without quotes, such as 2026-11-26",
    "url_parsing": "it should be an address, such as https://example.org/page",
    "url_scheme": "it should be an address that begins with http:// or https://",
    "union_tag_not_found": "it has no {discriminator}",
}
"""By pydantic's own names of what may be wrong, whose words are a Python programmer's."""

_SPELLING: Final = {
    NAME_PATTERN: "small letters, digits, - and _, at most 40, the first a letter",
    PARTICIPANT_PATTERN: "an app's name, alone or with / and a variant: small letters, digits, - and _",
    PACKAGE_PATTERN: "a distribution's name: letters, digits, ., - and _",
    VARIABLE_PATTERN: "a variable's name: letters, digits and _, the first no digit",
}

_BRANCH: Final = re.compile(r"bool|int|float|str|constrained-\w+|(literal|function-\w+|nullable)\[.*\]")
"""How pydantic calls one of several kinds of values at the end of a place, where no field has such a name."""


def first_mistake(error: ValidationError, fields_at: Callable[[Place], Collection[str]]) -> Mistake:
    """What to mend first; `fields_at` gives the names of the fields of a table.

    A field that is spelt wrongly is missing as well, which says less, so it comes first.
    """
    problems = error.errors(include_url=False)
    problem = next((each for each in problems if each["type"] == "extra_forbidden"), problems[0])
    place = problem["loc"]
    if _is_branch(place, fields_at):
        place = place[:-1]
        alike = [each for each in problems if each["loc"][:-1] == place and _is_branch(each["loc"], fields_at)]
        words = dict.fromkeys(_words_of_kind(each).removeprefix("it should be ") for each in alike)
        return Mistake(place, f"it should be {', or '.join(words)}", "")
    ctx: dict[str, Any] = problem.get("ctx", {})
    if problem["type"] == "union_tag_invalid":
        place = (*place, ctx["discriminator"].strip("'"))
    return Mistake((*place, *ctx.get("at", ())), _words(problem), _meant(problem, fields_at))


def place_words(place: Place, tables: Collection[str] = ()) -> str:
    """A place as people count, from 1: `claim 2, condition 1, endpoints, entry 3`, where `tables` are many."""
    words: list[str] = []
    for above, part in zip(("", *place), place, strict=False):
        if isinstance(part, str):
            words.append(part)
        elif above in tables:
            words[-1] += f" {part + 1}"
        else:
            words.append(f"entry {part + 1}")
    return ", ".join(words)


def _is_branch(place: Place, fields_at: Callable[[Place], Collection[str]]) -> bool:
    return bool(place) and _BRANCH.fullmatch(str(place[-1])) is not None and place[-1] not in fields_at(place[:-1])


def _words(problem: ErrorDetails) -> str:
    kind, ctx = problem["type"], problem.get("ctx", {})
    if kind == "value_error":
        return str(ctx["error"])
    if kind in {"enum", "literal_error", "union_tag_invalid"}:
        choices = _choices(problem)
        return f"it should be {choices[0]}" if len(choices) == 1 else f"it should be one of: {', '.join(choices)}"
    if kind == "too_short":
        return "it should not be empty"
    if kind == "greater_than_equal" and 0 < ctx["ge"] < 1:
        return "it should be more than 0"
    if kind == "string_pattern_mismatch" and ctx["pattern"] in _SPELLING:
        return f"it should be {_SPELLING[ctx['pattern']]}"
    words = _SAID.get(kind)
    return words.format_map(ctx) if words else problem["msg"]


def _words_of_kind(problem: ErrorDetails) -> str:
    """Of one of several kinds of values; a text stands in quotes, since others need none."""
    if problem["type"] == "literal_error":
        return ", or ".join(f'"{each}"' for each in _choices(problem))
    return _words(problem)


def _choices(problem: ErrorDetails) -> Sequence[str]:
    ctx = problem["ctx"]
    return re.findall(r"'([^']+)'", ctx["expected_tags"] if problem["type"] == "union_tag_invalid" else ctx["expected"])


def _meant(problem: ErrorDetails, fields_at: Callable[[Place], Collection[str]]) -> str:
    """Which field or value is most like the one that there is not; no other value is told, which may be a secret."""
    match problem["type"]:
        case "extra_forbidden":
            *above, field = problem["loc"]
            return meant(str(field), fields_at(tuple(above)))
        case "enum" | "literal_error" if isinstance(problem["input"], str):
            return meant(problem["input"], _choices(problem))
        case "union_tag_invalid":
            return meant(str(problem["ctx"]["tag"]), _choices(problem))
    return ""
