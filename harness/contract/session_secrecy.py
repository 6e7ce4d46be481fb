"""The probe for encrypted sessions: a secret is put into a session; who can read it, who can change it, where is it?

What is judged is what goes over the wire and what the server keeps, not what the documentation says. A cookie is read
as anybody would who has found one: its parts, from base64, and unpacked, until nothing more comes of it. Whether the
server keeps a session, its cookie's size tells: random bytes can't be packed, so fewer than were put in don't hold
them. As controls, the visitor has to be told the secret again, and nobody else.
"""

import base64
import binascii
import re
import secrets
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from harness.contract.conformance.message import Response, WireFault
from harness.contract.visitor import Visitor
from harness.model.base import Contract
from harness.model.conformance import Target

PATH: Final = "/session"
STAND_IN_PATH: Final = "/signed-cookie"
"""In a session's place, where a framework's documentation remembers visitors by that."""
STORED_PATH: Final = "/session/stored"
"""Where a site shows what it keeps of its sessions, as it keeps it; the one that keeps nothing has no such page."""

_OK: Final = 200
_NOT_FOUND: Final = 404
_NOT_IMPLEMENTED: Final = 501
_FIELD: Final = "secret"
_LENGTH: Final = 24
_LONG: Final = 1_500
"""Bytes. More than any name or signature takes, and less than a cookie holds."""
_DEEP: Final = 4
"""Layers that a cookie is unpacked by: quoting, base64, compression, and one to spare."""
_SAID: Final = re.compile(rb"<output>(.*?)</output>", re.DOTALL)
_PART: Final = re.compile(rb"[A-Za-z0-9+/_=-]{8,}")


class SessionSecrecy(Contract):
    """What a site does with what is put into a session. Each answer is None where it could not be told."""

    offered: bool = True
    """False where the site has no sessions."""
    unreadable: bool | None = None
    """By whoever holds the cookies."""
    unchangeable: bool | None = None
    """By them: whatever else is sent, the site does not take it for what it has put in."""
    encrypted: bool | None = None
    """In the clear neither in the cookies nor in what the server keeps."""
    found: str


def probe_session(target: Target) -> SessionSecrecy:
    """Put secrets into sessions of a site, or into signed cookies where it has none, and try to get at them."""
    try:
        missing = Visitor(target).get(PATH)
        if not is_missing(missing):
            return _probe(target, PATH)
        if is_missing(Visitor(target).get(STAND_IN_PATH)):
            return SessionSecrecy(offered=False, found=why_not_offered(missing))
        secrecy = _probe(target, STAND_IN_PATH)
        return secrecy.model_copy(update={"found": f"of a signed cookie, since it has no sessions: {secrecy.found}"})
    except WireFault as fault:
        return SessionSecrecy(found=f"the site did not answer: {fault}")


def _probe(target: Target, path: str) -> SessionSecrecy:
    secret = secrets.token_hex(_LENGTH // 2)
    visitor = Visitor(target)
    answer = visitor.submit(path, {_FIELD: secret})
    if said(visitor.get(path)) != secret:
        return SessionSecrecy(found=f"it does not keep what is put into a session: {answer}")
    if said(Visitor(target).get(path)) == secret:
        return SessionSecrecy(found="it tells it to a visitor without cookies too: that is no session")
    cookies = dict(visitor.cookies)
    readable = _holds(cookies, secret)
    changed = _change(target, path, cookies, secret)
    kept = _keeps(target, path)
    stored = visitor.get(STORED_PATH)
    shown = stored.status == _OK
    in_the_clear = shown and _holds({"stored": stored.body.decode(errors="replace")}, secret)
    return SessionSecrecy(
        unreadable=not readable,
        unchangeable=changed is None,
        encrypted=False if readable or in_the_clear else (None if kept and not shown else True),
        found=_words(readable=readable, changed=changed, kept=kept, shown=shown, in_the_clear=in_the_clear),
    )


def _words(*, readable: bool, changed: str | None, kept: bool, shown: bool, in_the_clear: bool) -> str:
    parts = [
        "whoever holds the cookie reads the secret" if readable else "the cookie does not give the secret away",
        "no change to it is taken" if changed is None else f"a change to it is taken ({changed})",
    ]
    if kept:
        how = ("in the clear" if in_the_clear else "not in the clear") if shown else "nobody can tell how"
        parts.append(f"it is kept on the server, {how}")
    else:
        parts.append("nothing is kept on the server")
    return "; ".join(parts)


def is_missing(answer: Response) -> bool:
    """Whether a site says that it has not got what it was asked for."""
    return answer.status in {_NOT_FOUND, _NOT_IMPLEMENTED}


def why_not_offered(answer: Response) -> str:
    """In a few words, what a site says of what it has not."""
    if answer.status == _NOT_FOUND:
        return "it brings nothing of the kind, nor does its documentation name what does"
    return f"its documentation's way needs more than its own distribution: {answer.body.decode(errors='replace')}"


def said(answer: Response) -> str:
    """What a page says in its `<output>`; empty where it has none."""
    found = _SAID.search(answer.body)
    return found[1].decode(errors="replace") if found and answer.status == _OK else ""


def _keeps(target: Target, path: str) -> bool:
    """Whether a session is kept on the server: its cookies are too small for what was put into it."""
    visitor = Visitor(target)
    long = secrets.token_hex(_LONG // 2)
    visitor.submit(path, {_FIELD: long})
    if said(visitor.get(path)) != long:
        raise WireFault(f"it loses {_LONG} bytes that are put into a session")
    # Hexadecimal digits pack to half their number, and no further.
    return sum(map(len, visitor.cookies.values())) < _LONG // 2


def _holds(texts: Mapping[str, str], secret: str) -> bool:
    return any(secret.encode() in layer for text in texts.values() for layer in _layers(text.encode(), _DEEP))


def _layers(data: bytes, deep: int) -> Iterator[bytes]:
    """Some bytes, and what can be unpacked from them and from their parts."""
    yield data
    if not deep:
        return
    unquoted = unquote_to_bytes(data.strip(b'"'))
    if unquoted != data:
        yield from _layers(unquoted, deep - 1)
    for packed in (data, *_PART.findall(data)):
        for inner in _unpacked(packed):
            yield from _layers(inner, deep - 1)


def _unpacked(data: bytes) -> Iterator[bytes]:
    with suppress(zlib.error):
        yield zlib.decompress(data, wbits=zlib.MAX_WBITS | 32)  # zlib's or gzip's
    with suppress(binascii.Error):
        yield _from_base64(data)


def _change(target: Target, path: str, cookies: Mapping[str, str], secret: str) -> str | None:
    """How a change to the cookies was taken; None where none was."""
    other = secrets.token_hex(_LENGTH // 2)
    for name, value in cookies.items():
        for how, forged in _forgeries(value, secret, other):
            answer = said(Visitor(target, {**cookies, name: forged}).get(path))
            if answer not in {"", secret}:
                return how
    return None


def _forgeries(value: str, secret: str, other: str) -> Iterator[tuple[str, str]]:
    """A cookie with another secret in it, as far as that can be put there, and with a single character changed."""
    plain = unquote_to_bytes(value)
    if (forged := _replaced(plain, secret.encode(), other.encode(), _DEEP)) is not None:
        as_sent = forged.decode(errors="replace")
        yield "the secret was replaced", as_sent if plain == value.encode() else quote(as_sent)
    for place in range(0, len(value), max(1, len(value) // 16)):
        yield "a character was replaced", f"{value[:place]}{_another(value[place])}{value[place + 1 :]}"


def _replaced(data: bytes, secret: bytes, other: bytes, deep: int) -> bytes | None:
    """The bytes with another secret, packed as they were; None where the secret is not found in them."""
    if secret in data:
        return data.replace(secret, other)
    if not deep:
        return None
    with suppress(zlib.error):
        inner = _replaced(zlib.decompress(data), secret, other, deep - 1)
        return None if inner is None else zlib.compress(inner)
    for part in _PART.findall(data):
        with suppress(binascii.Error):
            inner = _replaced(_from_base64(part), secret, other, deep - 1)
            if inner is not None:
                return data.replace(part, _to_base64(inner, like=part))
    return None


def _from_base64(data: bytes) -> bytes:
    digits = data.rstrip(b"=")
    return base64.b64decode(digits.translate(_COMMON) + b"=" * (-len(digits) % 4))


def _to_base64(data: bytes, *, like: bytes) -> bytes:
    packed = base64.b64encode(data) if b"+" in like or b"/" in like else base64.urlsafe_b64encode(data)
    return packed if like.endswith(b"=") else packed.rstrip(b"=")


_COMMON: Final = bytes.maketrans(b"-_", b"+/")


def _another(character: str) -> str:
    return "B" if character == "A" else "A"
