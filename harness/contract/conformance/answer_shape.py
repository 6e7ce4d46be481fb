"""Whether an answer in JSON has the names and the kinds of values that belong there, and what to change where not."""

from collections.abc import Iterable, Sequence
from typing import Final

from harness.contract.conformance.message import excerpt

_KINDS: Final[dict[type, str]] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number with a fraction",
    str: "a text",
    list: "a list",
    dict: "an object",
    type(None): "null",
}
_NAMED: Final = 5
"""Names that are told; an app may send any number of them."""
_LONGEST_NAME: Final = 40


def misshapen(found: object, right: object, place: str = "the answer") -> str | None:
    """What to change in a value that has other names, or values of other kinds, than the right one.

    None where they are the same: then nothing but the values themselves is wrong.

    Args:
        found: What came, read from JSON.
        right: What belongs there.
        place: What it is, for a reader.
    """
    if isinstance(found, dict) and isinstance(right, dict):
        if found.keys() != right.keys():
            return _other_names(found, right, place)
        return _first(misshapen(found[name], right[name], f"`{name}` of {place}") for name in right)
    if isinstance(found, list) and isinstance(right, list):
        pairs = enumerate(zip(found, right, strict=False), start=1)
        return _first(misshapen(one, belongs, f"entry {number} of {place}") for number, (one, belongs) in pairs)
    kind, right_kind = _KINDS[type(found)], _KINDS[type(right)]
    return None if kind == right_kind else f"make {place} {right_kind}: it is {kind}"


def _other_names(found: Iterable[str], right: Iterable[str], place: str) -> str:
    found, right = list(found), list(right)
    lacking, unknown = [each for each in right if each not in found], [each for each in found if each not in right]
    if not unknown:
        return f"add {_listed(lacking)} to {place}"
    if not lacking:
        return f"take {_listed(unknown)} out of {place}: it has the names that the contract gives, and no others"
    stand, belong = ("stands" if len(unknown) == 1 else "stand"), ("belongs" if len(lacking) == 1 else "belong")
    return (
        f"name the values of {place} as the contract does, letter by letter: {_listed(unknown)} {stand} there, where "
        f"{_listed(lacking)} {belong}"
    )


def _listed(names: Sequence[str]) -> str:
    told = [f"`{excerpt(each.encode(errors='replace'), _LONGEST_NAME)}`" for each in names[:_NAMED]]
    if more := len(names) - len(told):
        told.append(f"{more} more")
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _first(hints: Iterable[str | None]) -> str | None:
    return next(filter(None, hints), None)
