"""In which flags a command differs from the one that it should be, for a person to read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

_BARE: Final = ""
"""In place of the value of a flag that has none."""


def flag_differences(command: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    """What is there and what belongs there, a phrase for each flag, in the order of the `right` command.

    One word of that is no flag's: where the application is, which each app says for itself.
    """
    wanted, _ = _taken_apart(right, {})
    flags = {flag: value for flag, (value,) in wanted.items()}
    own, others = _taken_apart(command, flags)
    found = [f"`{command[0]}`, where `{right[0]}` belongs"] if command[0] != right[0] else []
    for flag, value in flags.items():
        found += _of_flag(flag, value, own.get(flag, []))
    found += [f"`{_written(flag, own[flag][0])}`, which does not belong there" for flag in own if flag not in flags]
    if not others:
        found.append("no word that says where the application is")
    if others[1:]:
        found.append(f"{' and '.join(f'`{each}`' for each in others)}, where one word says where the application is")
    return tuple(found) or ("the same flags, in another order or written otherwise",)


def _of_flag(flag: str, value: str, own: Sequence[str]) -> Iterator[str]:
    belongs = f"`{_written(flag, value)}`"
    wrong = next((each for each in own if each != value), None)
    if not own:
        yield f"no {belongs}"
    elif wrong is not None:
        yield f"`{_written(flag, wrong)}`, where {belongs} belongs"
    elif own[1:]:
        yield f"{belongs} more than once"


def _written(flag: str, value: str) -> str:
    return f"{flag} {value}".rstrip()


def _taken_apart(command: Sequence[str], known: Mapping[str, str]) -> tuple[dict[str, list[str]], list[str]]:
    """The values of each flag, and the words that belong to none.

    Whether a flag takes a value is `known` of those that belong there; any other takes the word behind it, but for one
    that can only be the application.
    """
    options: dict[str, list[str]] = {}
    others: list[str] = []
    words = list(command[1:])
    while words:
        flag, sign, value = words.pop(0).partition("=")
        if not flag.startswith("-"):
            others.append(flag + sign + value)
            continue
        follows = words[0] if words and not words[0].startswith("-") else None
        takes = known[flag] != _BARE if flag in known else not (follows and _is_application(follows, words, others))
        if not sign and follows is not None and takes:
            value = words.pop(0)
        options.setdefault(flag, []).append(value)
    return options, others


def _is_application(word: str, words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether this, the first of the `words` that are left, is none of a flag's values, as far as can be told."""
    return not others and (len(words) == 1 or (":" in word and "$" not in word))
