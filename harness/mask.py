"""What must not be told: the secrets that this process knows, and a mask that takes them out of any text.

Logs of apps, answers of servers and last words of programs may hold a password that the harness has given them, or that
they found in their configuration. So every text that others wrote passes `masked` before it is shown or written down.
Two things are taken out: what was hidden with `hide`, in all its usual spellings, and what stands as a password in the
address of anything (RFC 3986, 3.2.1), whether it is known or not.
"""

import html
import json
import math
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote

MASK: Final = "***"

_SECRET_NAME: Final = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|(API|ACCESS|PRIVATE|SIGNING)_?KEY|(^|_)(PASS|PW)$|_PWD$",
    re.IGNORECASE,
)
"""PWD by itself is where the shell is."""
_NAME_OF_A_PLACE: Final = re.compile(r"(FILE|PATH|DIR|FOLDER|SOCK|URL|URI|HOST|NAME|ID|TYPE|TIMEOUT)$", re.IGNORECASE)
"""Variables that end so say where a secret is, or something about one."""

_ADDRESS: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<user>[^\s/?#@:'\"<>]*)(?::(?P<password>[^\s/?#'\"<>]*))?@"
)
_TOKEN_AS_USER: Final = frozenset({"http", "https"})
"""Where services take a token in the place of a user's name."""
_IN_QUERY: Final = re.compile(r"(?i)([?&;](?:[a-z_]*password|[a-z_]*token|[a-z_]*secret|api_?key)=)[^\s&;'\"<>#]+")
_AFTER_ITS_NAME: Final = r"(?P<before>(?i:pass(?:word|wd)?|pwd)[\"']?\s*[=:]\s*[\"']?)"

_STRONG: Final = 8
_WORD: Final = 6
_LONG: Final = 16
_STEPS: Final = 100


def hide(secret: str, shown: str = MASK) -> None:
    """From now on `masked` has `shown` in the place of this secret.

    A strong one is found anywhere, and so is its first half: texts are cut to some length. A weak one, such as
    `postgres`, is a word of other texts too: it is taken out where it is a word of its own, and one of fewer than six
    characters only where it is called a password. What has another text to be shown is taken as a whole.
    """
    for part in (secret, *(line for line in secret.splitlines() if len(line) >= _LONG)):
        if part and _hidden.get(part, ("", ""))[1] != shown:
            _hidden[part] = (_pattern(part, in_part=shown == MASK), shown)


def hide_variables(variables: Mapping[str, str]) -> None:
    """Hide the strong values of variables that are named as secrets are, and the passwords in addresses."""
    for name, value in variables.items():
        if is_secret_name(name) and is_strong(value):
            hide(value)
        for found in _ADDRESS.finditer(value):
            secret = found["password"] or (found["user"] if found["scheme"].lower() in _TOKEN_AS_USER else "")
            if is_strong(unquote(secret)):
                hide(unquote(secret))


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name holds a secret, such as `API_TOKEN`."""
    return bool(_SECRET_NAME.search(name)) and not _NAME_OF_A_PLACE.search(name)


def is_strong(secret: str) -> bool:
    """Whether it is no word that other texts have as well."""
    plain = secret.isalpha() and secret in {secret.lower(), secret.title()}
    return len(secret) >= (_LONG if plain or secret.isdigit() else _STRONG)


def masked(text: str) -> str:
    """The text without any secret that is hidden, or that is a password by its place."""
    # Longest first: one that is a part of another must not tear it.
    for _, (pattern, shown) in sorted(_hidden.items(), key=lambda each: -len(each[0])):
        before = r"\g<before>" if "before" in pattern.groupindex else ""
        text = pattern.sub(before + shown.replace("\\", r"\\"), text)
    return _IN_QUERY.sub(rf"\1{MASK}", _ADDRESS.sub(_without_password, text))


def without_secrets(variables: Mapping[str, str]) -> dict[str, str]:
    """The same variables, fit to be published: of those that are named as secrets are, nothing is shown."""
    return {name: MASK if is_secret_name(name) else masked(value) for name, value in variables.items()}


_hidden: dict[str, tuple[re.Pattern[str], str]] = {}


def _without_password(found: re.Match[str]) -> str:
    if found["password"]:
        return f"{found['scheme']}://{found['user']}:{MASK}@"
    secret = found["user"] and found["scheme"].lower() in _TOKEN_AS_USER
    return f"{found['scheme']}://{MASK}@" if secret else found[0]


def _pattern(secret: str, *, in_part: bool) -> re.Pattern[str]:
    spelled = [_spellings(character) for character in secret]
    whole = "".join(spelled)
    if not is_strong(secret):
        before = "(?<![A-Za-z0-9])" if len(secret) >= _WORD else _AFTER_ITS_NAME
        return re.compile(f"{before}{whole}(?![A-Za-z0-9])")
    if not in_part:
        return re.compile(whole)
    least = max(_WORD, math.ceil(len(spelled) / 2))
    rest, step = "", math.ceil(len(spelled) / _STEPS)
    for begin in reversed(range(least, len(spelled), step)):
        rest = f"(?:{''.join(spelled[begin : begin + step])}{rest})?"
    return re.compile("".join(spelled[:least]) + rest)


def _spellings(character: str) -> str:
    """A pattern for one character raw, quoted, percent-encoded, in JSON, in HTML, or as the bytes that are sent."""
    encoded = "".join(f"%{byte:02X}" for byte in _bytes(character))
    if character.isascii() and character.isalnum():
        return f"(?:{character}|(?i:{encoded}))"
    forms = {
        character,
        quote(_bytes(character), safe=""),
        html.escape(character),
        json.dumps(character)[1:-1],
        {" ": "+", "'": "'\"'\"'", '"': "&quot;"}.get(character, character),
        {"'": "&#39;", '"': "&#34;"}.get(character, character),
        "".join(map(chr, _bytes(character))),
        character.encode("ascii", "backslashreplace").decode(),
        "".join(rf"\x{byte:02x}" for byte in _bytes(character)) if not character.isascii() else character,
    }
    raw = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return rf"(?:\\?(?:{raw})|(?i:{encoded}))"


def _bytes(character: str) -> bytes:
    """As they are sent; what came into the environment as no UTF-8 is kept as it was (PEP 383)."""
    return character.encode(errors="surrogateescape")
