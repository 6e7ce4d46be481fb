"""Read a claims file; what can't be used is named by file and line."""

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from harness.claims.toml_lines import line_of
from harness.mistake import Place, first_mistake, place_words
from harness.model.base import Contract
from harness.model.claim import BoundCondition, Claim, ClaimsFile, KeptCondition, ProbeCondition, RatioCondition
from harness.model.errors import BenchError

ARTICLE: Final = Path(__file__).with_name("article.toml")
"""The claims of the article that this project was made for."""

_TABLES: Final = ("claim", "condition")
"""Those that are many, and told by number."""

_FORMS: Final[dict[str, type[Contract]]] = {
    "ratio": RatioCondition,
    "bound": BoundCondition,
    "kept": KeptCondition,
    "probe": ProbeCondition,
}


class ClaimsError(BenchError):
    """A claims file can't be used."""


def read_claims(path: Path) -> ClaimsFile:
    """The claims of a file.

    Raises:
        ClaimsError: naming the line, the key and what is wrong with it.
    """
    text = read_text(path)
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib's own, and what it lets through: numbers without end
        raise ClaimsError(f"{path}: {error}", hint="mend the TOML at that line") from error
    try:
        return ClaimsFile.model_validate(document)
    except ValidationError as error:
        at, what, question = first_mistake(error, _fields_at)
        line = line_of(text, _in_the_file(at))
        place = place_words(_in_the_file(at), _TABLES)
        raise ClaimsError(
            f"{path}, line {line}: {place}: {what}" if place else f"{path}, line {line}: {what}",
            hint=f"{question}compare with harness/claims/article.toml, which has every form; docs/claims.md explains "
            "them",
        ) from error


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
