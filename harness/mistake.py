"""What is wrong with a file that users write (a manifest, claims), in words that are no programmer's."""

import re
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from copy import deepcopy
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from harness.model.app import LIBRARY_PATTERN
from harness.model.base import NAME_PATTERN, PACKAGE_PATTERN, VARIABLE_PATTERN
from harness.model.claim_values import PARTICIPANT_PATTERN
from harness.model.errors import BenchError, meant

type Place = tuple[str | int, ...]
"""Keys and numbers of entries that lead to a value."""


class Mistake(NamedTuple):
    """One thing that is wrong, in plain words."""

    place: Place
    what: str
    meant: str
    """What begins a hint: a question, or the names that there are; empty where neither helps."""


A_LIST: Final = "it should be a list, in brackets"

_NO_FIELD: Final = "there is no such field"
_NO_TABLE: Final = "there is no such table"
_NO_SUCH: Final = frozenset({_NO_FIELD, _NO_TABLE})
_ONE_MEANT: Final = re.compile(r"is '([^']*)' meant\? ?")
"""Of a hint that names one and no other."""

_MOST_LOOKS: Final = 4
"""Each finds what is within, or beside, what the one before has mended."""

_DECLARED_TWICE: Final = re.compile(r"Cannot declare \((.*?)\) twice")
"""How the standard library's reader of TOML calls a table that stands twice."""

_SAID: Final = {
    "missing": "it is missing",
    "extra_forbidden": _NO_FIELD,
    "tuple_type": A_LIST,
    "list_type": A_LIST,
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
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
        "it should be a time, such as 2026-11-26T09:30:00Z",
    ),
    "url_parsing": "it should be an address, such as https://example.org/page",
    "url_scheme": "it should be an address that begins with http:// or https://",
    "union_tag_not_found": "it has no {discriminator}",
}
"""By pydantic's own names of what may be wrong, whose words are a Python programmer's."""

_SPELLING: Final = {
    NAME_PATTERN: "small letters, digits, - and _, at most 40, the first a letter",
    PARTICIPANT_PATTERN: "an app's name, alone or with / and a variant: small letters, digits, - and _",
    PACKAGE_PATTERN: "a distribution's name: letters, digits, ., - and _",
    LIBRARY_PATTERN: "a library's name, with its version where readers know it so, such as psycopg 3",
    VARIABLE_PATTERN: "a variable's name: letters, digits and _, the first no digit",
}

_SMALL: Final = frozenset({NAME_PATTERN, PARTICIPANT_PATTERN})
"""Names that are in small letters."""

_BRANCH: Final = re.compile(r"bool|int|float|str|constrained-\w+|(literal|function-\w+|nullable)\[.*\]")
"""How pydantic calls one of several kinds of values at the end of a place, where no field has such a name."""

_KEY: Final = "[key]"
"""How it calls the key of a table at the end of a place: it is the part before that."""


def mistakes(error: ValidationError, fields_at: Callable[[Place], Collection[str]]) -> tuple[Mistake, ...]:
    """All that is to be mended, each once; `fields_at` gives the names of the fields of a table.

    A field that is spelt wrongly is missing as well, which says less: it is told by what was written.
    """
    problems = error.errors(include_url=False)
    unknown = [each for each in problems if each["type"] == "extra_forbidden"]
    found = {mistake.place: mistake for mistake in (_mistake(each, problems, fields_at) for each in unknown)}
    asked_about = {
        (*place[:-1], name) for place, mistake in found.items() for name in re.findall("'(.*?)'", mistake.meant)
    }
    for problem in problems:
        place = problem["loc"]
        # A list whose entries are wrong counts as empty.
        within = any(each["loc"][: len(place)] == place != each["loc"] for each in problems)
        if (problem["type"] == "too_short" and within) or (problem["type"] == "missing" and place in asked_about):
            continue
        mistake = _mistake(problem, problems, fields_at)
        found.setdefault(mistake.place, mistake)
    return tuple(found.values())


def _mistake(
    problem: ErrorDetails, problems: Sequence[ErrorDetails], fields_at: Callable[[Place], Collection[str]]
) -> Mistake:
    place = problem["loc"]
    place = place[:-1] if place[-1:] == (_KEY,) else place
    if _is_branch(place, fields_at):
        place = place[:-1]
        alike = [each for each in problems if each["loc"][:-1] == place and _is_branch(each["loc"], fields_at)]
        words = dict.fromkeys(_words_of_kind(each).removeprefix("it should be ") for each in alike)
        question = next(filter(None, (_meant(each, fields_at) for each in alike)), "")
        return Mistake(place, f"it should be {', or '.join(words)}", question)
    ctx: dict[str, Any] = problem.get("ctx", {})
    if problem["type"] == "union_tag_invalid":
        place = (*place, ctx["discriminator"].strip("'"))
    return Mistake((*place, *ctx.get("at", ())), _words(problem), _meant(problem, fields_at))


def together[Kind: BenchError](kind: type[Kind], file: str, errors: Sequence[Kind], *remedies: str) -> Kind:
    """One error for all that is wrong with a file, each with its place; the only one as it is.

    What they say begins with the file, and their hints may end with one of the remedies that several of them have: of
    these, those that are needed stand once below all, or else the first.
    """
    if len(errors) == 1:
        return errors[0]
    lines = [f"{file} has {len(errors)} mistakes:"]
    needed: dict[str, None] = {}
    for error in errors:
        remedy = next((each for each in remedies if error.hint.endswith(each)), "")
        needed |= {remedy: None} if remedy else {}
        lines.append(f"  {error.what.removeprefix(file).lstrip(':, ')}")
        if hint := error.hint.removesuffix(remedy).rstrip("; "):
            lines.append(f"    hint: {hint}")
    whole = kind("\n".join(lines), hint="; ".join(needed) or remedies[0])
    whole.parts = tuple(errors)
    return whole


class Meant(NamedTuple):
    """A document as it is likely meant."""

    document: dict[str, Any]
    written: dict[Place, Place]
    """Of what is called otherwise in it: where that stands in the document as it was written."""

    def as_written(self, place: Place) -> Place:
        """Where a value of it stands in the document as it was written."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.written:
                return (*self.written[place[:length]], *place[length:])
        return place


def at_every_look(
    document: dict[str, Any],
    model: type[BaseModel],
    fields_at: Callable[[Place], Collection[str]],
    in_the_file: Callable[[Place], Place] = lambda place: place,
) -> tuple[tuple[Mistake, ...], Meant]:
    """All that is to be mended in a document, and the document as it is likely meant.

    What is misspelt is looked at once more as what alone is like it, and without what nothing is like: that finds what
    could not be come to before, as what a metric takes that nobody knew. `in_the_file` leads from the place of a
    mistake to where it stands in the document, where that is another.
    """
    found: dict[Place, Mistake] = {}
    try:
        meant_so, looks = Meant(deepcopy(document), {}), _MOST_LOOKS
    except RecursionError:  # Lists in lists, by hundreds.
        meant_so, looks = Meant(document, {}), 1
    for look in range(looks):
        try:
            model.model_validate(meant_so.document)
        except ValidationError as error:
            more = [each for each in mistakes(error, fields_at) if each.place not in found]
            found |= {each.place: each for each in more}
            for each in more if look < looks - 1 else ():
                with suppress(LookupError, TypeError):
                    _write_as_meant(meant_so, each, in_the_file(each.place))
        else:
            break
    return tuple(found.values()), meant_so


def _write_as_meant(meant_so: Meant, mistake: Mistake, place: Place) -> None:
    choice = _ONE_MEANT.fullmatch(mistake.meant)
    *above, last = place
    within: Any = meant_so.document
    for part in above:
        within = within[part]
    if mistake.what not in _NO_SUCH:
        if choice and isinstance(within[last], str):
            within[last] = choice[1]
        return
    value = within.pop(last)
    if choice and choice[1] not in within:
        within[choice[1]] = value
        meant_so.written[*above, choice[1]] = meant_so.as_written(place)


def toml_words(error: Exception) -> str:
    """What is wrong with a TOML text, as the standard library tells it, but for what is a tuple of Python's there."""
    table = _DECLARED_TWICE.search(str(error))
    if table is None:
        return str(error).replace("Cannot overwrite a value", "a key that has a value already")
    return str(error).replace(table[0], f"[{'.'.join(re.findall("'([^']*)'", table[1]))}] stands twice")


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
    words = _NO_TABLE if _is_unknown_table(problem) else _SAID.get(kind)
    return words.format_map(ctx) if words else problem["msg"]


def _is_unknown_table(problem: ErrorDetails) -> bool:
    value = problem["input"]
    return problem["type"] == "extra_forbidden" and _is_table(value)


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


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
            there_are = fields_at(tuple(above))
            return meant(str(field), there_are) or (f"choose from: {', '.join(there_are)}; " if there_are else "")
        case "enum" | "literal_error" if isinstance(problem["input"], str):
            return _meant_choice(problem["input"], _choices(problem))
        case "union_tag_invalid":
            return _meant_choice(str(problem["ctx"]["tag"]), _choices(problem))
        case "string_pattern_mismatch" if problem["ctx"]["pattern"] in _SMALL:
            small = problem["input"].lower()
            return meant(problem["input"], [small] if re.fullmatch(problem["ctx"]["pattern"], small) else [])
    return ""


def _meant_choice(value: str, choices: Sequence[str]) -> str:
    """One of a few that stand in the message already: of two that are like it as much, neither (`rsgi` is native)."""
    question = meant(value, choices)
    return question if question.count("'") == len("''") else ""
