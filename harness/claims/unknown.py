"""Names in a claims file that say nothing: those that there are not, and two that mean one deployment."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from harness.claims.casting import AlsoCalled, Casting
from harness.claims.read import ClaimsError, read_text
from harness.claims.verdict_sentences import listed
from harness.model.claim import ClaimsFile, RatioCondition
from harness.model.claim_values import VARIANT_SIGN
from harness.model.errors import meant
from harness.toml_lines import line_of

type Known = Mapping[str, Collection[str] | None]
"""By app, the names of its variants; None where they are not known."""

type NotServed = Mapping[str, Mapping[str, str]]
"""By app, and by the name of a server that is none of its variants: why it is not."""


def see_that_names_are_known(
    path: Path,
    file: ClaimsFile,
    known: Known,
    listed_by: str = "bench list apps",
    not_served: NotServed = MappingProxyType({}),
) -> None:
    """See that each app that the claims `file`, read from `path`, names is `known`, and its variant where it has one.

    `listed_by` is the command that shows those there are.

    Raises:
        ClaimsError: One is not, with its line and the name that is nearest.
    """
    unknown = list(dict.fromkeys(_unknown(path, file, known, not_served)))
    if unknown:
        raise ClaimsError(
            "\n".join(unknown),
            hint=f"mend the name, or tell with --apps-dir where the app is; `{listed_by}` shows those there are",
        )


def see_that_each_is_compared(
    path: Path, file: ClaimsFile, also: AlsoCalled, listed_by: str = "bench list apps"
) -> None:
    """See that no claim of `file`, read from `path`, compares a deployment with itself alone, by whichever names.

    `also` has the deployments of apps, as far as they are known, with what else each of them counts as; `listed_by` is
    the command that shows them.

    Raises:
        ClaimsError: One does, with its line and both names.
    """
    alone = list(dict.fromkeys(_alone(path, file, Casting(also, also))))
    if alone:
        raise ClaimsError(
            "\n".join(alone),
            hint=f"name another app or variant in group; `{listed_by}` shows one deployment by all of its names, "
            "controlled/default",
        )


def _alone(path: Path, file: ClaimsFile, casting: Casting) -> Iterator[str]:
    text = read_text(path)
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


def _unknown(path: Path, file: ClaimsFile, known: Known, not_served: NotServed) -> Iterator[str]:
    text = read_text(path)
    for number, claim in enumerate(file.claim):
        for place, condition in enumerate(claim.condition):
            for key in ("subjects", "group"):
                for name in getattr(condition, key, ()):
                    if wrong := _wrong(name, known, not_served):
                        line = line_of(text, ("claim", number, "condition", place, key))
                        yield f"{path}, line {line}: {wrong}"


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
