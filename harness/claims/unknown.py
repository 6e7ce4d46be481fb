"""Apps that a claims file names and a run does not have: spelt wrongly, as often as not."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path

from harness.claims.read import line_of, read_text
from harness.model.claim import ClaimsFile
from harness.model.claim_values import VARIANT_SIGN


def unknown_apps(path: Path, file: ClaimsFile, known: Collection[str]) -> Iterator[str]:
    """A sentence on each name in the claims `file`, read from `path`, that is none of those `known`."""
    text = read_text(path)
    for number, claim in enumerate(file.claim):
        for place, condition in enumerate(claim.condition):
            for key in ("subjects", "group"):
                for name in getattr(condition, key, ()):
                    if name.partition(VARIANT_SIGN)[0] not in known:
                        line = line_of(text, ("claim", number, "condition", place, condition.form, key))
                        like = get_close_matches(name, sorted(known), n=1)
                        meant = f"; is '{like[0]}' meant?" if like else ""
                        yield f"{path}, line {line}: there is no app '{name}' in this run{meant}"
