"""A database of the user's own in the place of the embedded one: named by a variable of the harness's own.

`DATABASE_URL` often names a database that a developer works with. It is what apps read, so the harness gives them its
own, and never takes the caller's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from harness.mask import MASK, hide
from harness.model.errors import UsageError

VARIABLE: Final = "BENCH_DATABASE_URL"
NOT_OURS: Final = "DATABASE_URL"

_SCHEMES: Final = ("postgresql", "postgres")
_MORE_SECRETS: Final = frozenset({"scram_client_key", "scram_server_key"})
_ADDRESS: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?]*)(?P<rest>.*)", re.DOTALL)
_HINT: Final = (
    f"such as {VARIABLE}=postgresql://USER:PASSWORD@HOST/DATABASE, or host=HOST dbname=DATABASE; "
    "unset it to have an embedded PostgreSQL"
)


@dataclass(frozen=True, slots=True)
class GivenDatabase:
    """Where it is, and what may be done there."""

    url: str = field(repr=False)
    """As libpq takes it, its password included."""
    shown: str
    """The same for people, without any secret."""
    beside_other_tables: bool = False
    """Whether the tables may be made in a database that has others."""


def given_database(variables: Mapping[str, str], *, beside_other_tables: bool) -> GivenDatabase | None:
    """The database that the variable names; None where it is not set. From now on its secrets are masked.

    Raises UsageError where it can't be read, in words that don't quote it: libpq's own may hold the password.
    """
    url = variables.get(VARIABLE)
    if not url:
        return None
    if wrong := _unreadable(url):
        raise UsageError(f"{VARIABLE} {wrong}", hint=_HINT)
    try:
        parameters = conninfo_to_dict(url)
    except (psycopg.Error, ValueError):  # the latter where its bytes are no UTF-8
        raise UsageError(f"{VARIABLE} is not as libpq takes it", hint=_HINT) from None
    secrets = {name for name in parameters if name in _secret_parameters()}
    for name in secrets:
        hide(str(parameters[name]))
    if not parameters.get("dbname") and not parameters.get("service"):
        raise UsageError(f"{VARIABLE} names no database", hint=_HINT)
    shown = url
    if secrets:
        shown = make_conninfo("", **{**parameters, **dict.fromkeys(secrets, MASK)})
        hide(url, shown)
    return GivenDatabase(url=url, shown=shown, beside_other_tables=beside_other_tables)


def _secret_parameters() -> frozenset[str]:
    """What libpq itself shows as asterisks in a dialogue, and the keys that may stand for a password."""
    options = psycopg.pq.Conninfo.get_defaults()
    return _MORE_SECRETS | {option.keyword.decode() for option in options if option.dispchar == b"*"}


def _unreadable(url: str) -> str | None:
    """What is wrong with an address that libpq would read as something else, or quote whole; None for others."""
    found = _ADDRESS.fullmatch(url)
    if found is None:
        return None
    if found["scheme"] not in _SCHEMES:
        return f"begins with {found['scheme']}://, and libpq knows postgresql:// only"
    if re.search(r"%(?![0-9A-Fa-f]{2})", url):
        return "has a % that begins no percent-encoded character; a % itself is written %25"
    misplaced = "@" in found["rest"].partition("?")[0] and "@" not in found["authority"]
    if misplaced or found["authority"].count("@") > 1:
        return "has a character in its user or password that must be percent-encoded: @ is %40, / is %2F, ? is %3F"
    return None
