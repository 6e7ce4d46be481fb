"""Read a claims file; what can't be used is named by file and line."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from math import floor
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from harness.claims.needs import (
    COUNTED_BY,
    Measured,
    leaves_number_open,
    most_comparisons,
    most_there_can_be,
    tie_of,
)
from harness.mistake import A_LIST, Meant, Mistake, Place, at_every_look, place_words, together, toml_words
from harness.model.claim import (
    BoundCondition,
    Claim,
    ClaimsFile,
    Condition,
    KeptCondition,
    ProbeCondition,
    RatioCondition,
    two_claims,
)
from harness.model.errors import BenchError
from harness.results.run_folders import HEADER_FILE
from harness.toml_lines import line_of

ARTICLE: Final = Path(__file__).with_name("article.toml")
"""The claims of the article that this project was made for."""

_TABLES: Final = ("claim", "condition")
"""Those that are many, and told by number."""
_MANY: Final = ("claim", "claim.condition")
"""The same as they are written, each in two brackets."""

_TEXTS: Final = ("says", "section", "not_testable")

REMEDY: Final = "docs/claims.md#a-file-of-your-own has every form, and harness/claims/article.toml an example of each"
_FORMS: Final[dict[str, type[Condition]]] = {
    "ratio": RatioCondition,
    "bound": BoundCondition,
    "kept": KeptCondition,
    "probe": ProbeCondition,
}


class ClaimsError(BenchError):
    """A claims file can't be used."""


def read_claims(path: Path) -> ClaimsFile:
    """The claims of a file.

    One that lies with a run may be older than the rules that `_undecidable` and `_without_a_word` see to.

    Raises:
        ClaimsError: naming the line, the key and what is wrong with it, of all that is.
    """
    text, document = read_document(path)
    file: ClaimsFile | None = None
    found: tuple[Mistake, ...] = ()
    meant_so = Meant(document, {})
    try:
        file = ClaimsFile.model_validate(document)
    except ValidationError:
        found, meant_so = at_every_look(document, ClaimsFile, _fields_at, _in_the_file)
        found += tuple(_ids_twice(meant_so.document, {each.place for each in found}))
    if not path.with_name(HEADER_FILE).is_file():
        told_of = {each.place for each in found}
        found += tuple(each for each in _without_a_word(meant_so.document) if each.place not in told_of)
        found += tuple(_undecidable(meant_so.document))
    if file is not None and not found:
        return file
    told = [
        ClaimsError(
            f"{path}, {_where(text, _in_the_file(at), meant_so)}{_in_brackets(at, what)}",
            hint=f"{question}{REMEDY}",
        )
        for at, what, question in found
    ]
    raise together(ClaimsError, str(path), told, REMEDY)


def read_document(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of a claims file, and what that is as TOML.

    Raises:
        ClaimsError: It can't be read, or is no TOML.
    """
    text = read_text(path)
    try:
        return text, tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib's own, and what it lets through: numbers without end
        said = toml_words(error)
        twice = next((table for table in _MANY if f"[{table}] stands twice" in said), None)
        remedy = (
            f"write [[{twice}]], in two brackets, as there may be several" if twice else "mend the TOML at that line"
        )
        raise ClaimsError(f"{path}: {said}", hint=remedy) from error


def as_meant(document: dict[str, Any]) -> Meant:
    """What a claims file says, as it is likely meant where it is misspelt."""
    return at_every_look(document, ClaimsFile, _fields_at, _in_the_file)[1]


def _ids_twice(document: dict[str, Any], told: Collection[Place]) -> Iterator[Mistake]:
    """Claims with the id of one before, which nothing looks at where one of the claims is none."""
    claims = document.get("claim")
    ids = [each.get("id") if isinstance(each, dict) else None for each in claims] if isinstance(claims, list) else []
    for number, name in enumerate(ids):
        place = ("claim", number, "id")
        if isinstance(name, str) and name in ids[:number] and place not in told:
            yield Mistake(place, two_claims(name), "")


def _without_a_word(document: Mapping[str, Any]) -> Iterator[Mistake]:
    """Texts for readers that say nothing."""
    told: dict[Place, object] = {("source",): document.get("source")}
    for number, claim in tables(document, "claim"):
        told |= {("claim", number, key): claim.get(key) for key in _TEXTS}
    for place, text in told.items():
        if isinstance(text, str) and not text.strip():
            yield Mistake(place, "it should not be empty", "")


def _undecidable(document: Mapping[str, Any]) -> Iterator[Mistake]:
    """What a condition asks, that is right in itself, of which no run can tell whether it is so."""
    for number, claim in tables(document, "claim"):
        given, understood = list(tables(claim, "condition")), list[Condition]()
        for place, each in given:
            form = _FORMS.get(str(each.get("form")))
            with suppress(ValidationError):
                condition = form.model_validate(each) if form else None
                understood += [condition] if condition else []
                if isinstance(condition, RatioCondition | BoundCondition):
                    for key, what in _why_undecidable(condition):
                        yield Mistake(("claim", number, "condition", place, key), what, "")
        count, most = claim.get("count"), most_comparisons(understood)
        if isinstance(count, int) and most and count > most and len(understood) == len(given):
            beyond = f"there are {most} comparisons at most, so no run can support it"
            yield Mistake(("claim", number, "count"), f"{beyond}: give {most} or less", "")


def _why_undecidable(condition: Measured) -> Iterator[tuple[str, str]]:
    """By the key that is to be mended."""
    metric, workload = condition.metric.value, condition.measured_by
    if leaves_number_open(condition):
        several = f"{metric} by {workload.value} is measured with several numbers of {COUNTED_BY[workload]}"
        yield "connections", f"{several}: say with how many"
    most = most_there_can_be(condition) if isinstance(condition, BoundCondition) else None
    for key, bound in (("at_least", condition.at_least), ("at_most", condition.at_most)):
        if most and bound and bound * (1 + tie_of(condition)) >= most:
            # A count that comes to its most in each round may be one less in the next: no rounds tell that from less.
            fits = 0.999 * most / (1 + tie_of(condition))
            beyond = f"{metric} can't be more than {most:,.10g}, so no run decides this both ways"
            yield key, f"{beyond}: give {floor(fits) or fits} or less"


def tables(table: Mapping[str, Any], key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Those of a list of tables that are tables, each with its place."""
    found = table.get(key)
    for number, each in enumerate(found if isinstance(found, list) else ()):
        if isinstance(each, dict):
            yield number, each


def _where(text: str, place: Place, meant_so: Meant) -> str:
    words = place_words(place, _TABLES)
    line = line_of(text, meant_so.as_written(place)) or 1
    return f"line {line}: {words}: " if words else f"line {line}: "


def _in_brackets(at: Place, what: str) -> str:
    """What is wrong, and of a table that should be one of many how that is written."""
    table = ".".join(part for part in at if isinstance(part, str))
    return f"it should be a list: write [[{table}]], in two brackets" if what == A_LIST and table in _MANY else what


def _in_the_file(place: Place) -> Place:
    """Without the form of a condition, which is a value in the file and no table."""
    match place:
        case ("claim", _, "condition", _, form, *_) if form in _FORMS:
            return (*place[:4], *place[5:])
    return place


def _fields_at(place: Place) -> Collection[str]:
    match place:
        case ():
            return ClaimsFile.model_fields
        case ("claim", _):
            return Claim.model_fields
        case ("claim", _, "condition", _, str(form)):
            return _FORMS[form].model_fields
    return ()


def read_text(path: Path) -> str:
    """The text of a claims file.

    Raises:
        ClaimsError: It can't be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ClaimsError(f"{path} can't be read: {error}", hint="give it as UTF-8 text") from error
    except OSError as error:
        raise ClaimsError(f"{path} can't be read: {error.strerror}", hint="check its path and rights") from error
