"""Names in a claims file that say nothing: those that there are not, and two that mean one deployment."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from harness.claims.casting import AlsoCalled, Casting
from harness.claims.read import REMEDY, ClaimsError, as_meant, read_claims, read_document, tables
from harness.claims.verdict_sentences import listed
from harness.mistake import Place, together
from harness.model.claim import ClaimsFile, RatioCondition
from harness.model.claim_values import PARTICIPANT_PATTERN, VARIANT_SIGN
from harness.model.errors import UsageError, meant
from harness.toml_lines import line_of

type Known = Mapping[str, Collection[str] | None]
"""By app, the names of its variants; None where they are not known."""

type Elsewhere = Callable[[str], UsageError | None]
"""Where an app of this name may lie; None where that is not seen."""

type NotServed = Mapping[str, Mapping[str, str]]
"""By app, and by the name of a server that is none of its variants: why it is not."""


def read_known_claims(  # noqa: PLR0913 - all that is known of apps
    path: Path,
    known: Known,
    also: AlsoCalled,
    listed_by: str = "bench list apps",
    not_served: NotServed = MappingProxyType({}),
    *,
    elsewhere: Elsewhere = lambda _: None,
) -> ClaimsFile:
    """The claims of a file, of which each app is `known`, and its variant where it has one.

    `also` has the deployments of apps, as far as they are known, with what else each of them counts as: none may be
    compared with itself alone, by whichever names. `listed_by` is the command that shows those there are; `elsewhere`
    tells where one may lie that is not known.

    Raises:
        ClaimsError: It can't be used, names one that there is not, or compares one with itself; all that is wrong, with
            its line and the name that is nearest.
    """
    text, document = read_document(path)
    remedy = f"mend the name, or tell with --apps-dir where the app is; `{listed_by}` shows those there are"
    file: ClaimsFile | None = None
    found: list[ClaimsError] = []
    try:
        file = read_claims(path)
    except ClaimsError as error:
        found += [part for part in error.parts if isinstance(part, ClaimsError)]
    meant_so = as_meant(document)
    told: dict[str, str] = {}
    for place, name in names_in(meant_so.document):
        if wrong := _wrong(name, known, not_served):
            at = f"{path}, line {line_of(text, meant_so.as_written(place))}"
            app = name.partition(VARIANT_SIGN)[0]
            lies = elsewhere(app) if app not in known else None
            told[f"{at}: {lies.what if lies else wrong}"] = lies.hint if lies else remedy
    found += [ClaimsError(what, hint=hint) for what, hint in told.items()]
    if file is not None:
        hint = f"name another app or variant in group; `{listed_by}` shows one deployment by all of its names"
        found += [
            ClaimsError(each, hint=f"{hint}, controlled/default")
            for each in dict.fromkeys(_alone(path, text, file, Casting(also, also)))
        ]
    if file is None or found:
        raise together(ClaimsError, str(path), found, REMEDY, remedy)
    return file


def names_in(document: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """The names of apps, with their variants where they have any, that a claims file has, whatever else is in it.

    Of what can be no name at all, nothing is said: reading the file tells that.
    """
    for number, claim in tables(document, "claim"):
        for place, condition in tables(claim, "condition"):
            for key in ("subjects", "group"):
                names = condition.get(key)
                for name in names if isinstance(names, list) else ():
                    if isinstance(name, str) and re.fullmatch(PARTICIPANT_PATTERN, name):
                        yield ("claim", number, "condition", place, key), name


def _alone(path: Path, text: str, file: ClaimsFile, casting: Casting) -> Iterator[str]:
    for number, claim in enumerate(file.claim):
        for place, condition in enumerate(claim.condition):
            if not isinstance(condition, RatioCondition):
                continue
            compared = {each.participant for each in casting.asked(condition)}
            for name in condition.subjects:
                if name not in compared:
                    line = line_of(text, ("claim", number, "condition", place, "group"))
                    others = [f"'{each}'" for each in condition.group if each != name]
                    same = f"{listed(others)} {'is' if len(others) == 1 else 'are'} the same deployment"
                    yield f"{path}, line {line}: {claim.id}: '{name}' is compared with nothing but itself: {same}"


def _wrong(name: str, known: Known, not_served: NotServed) -> str:
    app, sign, variant = name.partition(VARIANT_SIGN)
    if app not in known:
        return f"there is no app '{app}'; {meant(app, known)}".rstrip("; ")
    variants = known[app]
    if sign and variants is not None and variant not in variants:
        if why := not_served.get(app, {}).get(variant):
            return f"app '{app}' has no variant '{variant}': {why}"
        there_are = meant(variant, variants) or f"it has {', '.join(dict.fromkeys(variants))}"
        return f"app '{app}' has no variant '{variant}'; {there_are}".rstrip()
    return ""
