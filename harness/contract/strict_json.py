"""JSON as RFC 8259 has it between systems: in UTF-8, without a byte order mark, each name once in its object.

The standard library's reader is kinder: it guesses UTF-16 and UTF-32, takes the last of two equal names, and knows
`NaN`. What a client makes of those differs from client to client, so they are no right answer to anything.
"""

import json


def parsed_json(body: bytes | str) -> object:
    """The value.

    Raises:
        ValueError: it is no JSON by these rules; the text says which one it breaks.
    """
    if isinstance(body, bytes):
        try:
            body = body.decode()
        except UnicodeDecodeError:
            raise ValueError("not in UTF-8") from None
    try:
        return json.loads(body, object_pairs_hook=_distinct, parse_constant=_refuse)
    except RecursionError:  # for thousands of opening brackets
        raise ValueError("nested too deeply") from None


def is_json_of(value: object, body: bytes) -> bool:
    """Whether the body says just this, in whatever spelling; 1, 1.0, "1" and true differ."""
    try:
        return is_same_json(parsed_json(body), value)
    except ValueError:
        return False


def is_same_json(found: object, expected: object) -> bool:
    """Equal, and of the same JSON types; the order of names is free."""
    if type(found) is not type(expected):
        return False
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(is_same_json(found[name], expected[name]) for name in expected)
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(is_same_json, found, expected))
    return found == expected


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} more than once in an object")
    return found


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")
