"""Names in a claims file that there are not: spelt wrongly, and so never measured."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from harness.claims.read import ClaimsError, read_text
from harness.claims.toml_lines import line_of
from harness.model.claim import ClaimsFile
from harness.model.claim_values import VARIANT_SIGN
from harness.model.errors import meant

type Known = Mapping[str, Collection[str] | None]
"""By app, the names of its variants; None where they are not known."""


def see_that_names_are_known(path: Path, file: ClaimsFile, known: Known, listed_by: str = "bench list apps") -> None:
    """See that each app that the claims `file`, read from `path`, names is `known`, and its variant where it has one.

    `listed_by` is the command that shows those there are.

    Raises:
        ClaimsError: One is not, with its line and the name that is nearest.
    """
    unknown = list(dict.fromkeys(_unknown(path, file, known)))
    if unknown:
        raise ClaimsError(
            "\n".join(unknown),
            hint=f"mend the name, or tell with --apps-dir where the app is; `{listed_by}` shows those there are",
        )


def _unknown(path: Path, file: ClaimsFile, known: Known) -> Iterator[str]:
    text = read_text(path)
    for number, claim in enumerate(file.claim):
        for place, condition in enumerate(claim.condition):
            for key in ("subjects", "group"):
                for name in getattr(condition, key, ()):
                    if wrong := _wrong(name, known):
                        line = line_of(text, ("claim", number, "condition", place, key))
                        yield f"{path}, line {line}: {wrong}"


def _wrong(name: str, known: Known) -> str:
    app, sign, variant = name.partition(VARIANT_SIGN)
    if app not in known:
        return f"there is no app '{app}'; {meant(app, known)}".rstrip("; ")
    variants = known[app]
    if sign and variants is not None and variant not in variants:
        there_are = meant(variant, variants) or f"it has {', '.join(dict.fromkeys(variants))}"
        return f"app '{app}' has no variant '{variant}'; {there_are}".rstrip()
    return ""
