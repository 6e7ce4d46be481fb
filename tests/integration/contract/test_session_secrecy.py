"""The probe for encrypted sessions, on sites whose secrecy is known: it can tell, both ways."""

import base64
import hashlib
import hmac
import secrets
import zlib
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest

from harness.contract.session_secrecy import PATH, STORED_PATH, SessionSecrecy, probe_session
from tests.integration.contract.site_in_a_thread import Answer, Asked, served

KEY = b"known to the server alone"


class Keeper:
    """Keeps what is put into a session in the cookie, as it is."""

    def __init__(self) -> None:
        self.stored: dict[str, str] | None = None

    def keep(self, text: str) -> str:
        return text

    def find(self, cookie: str) -> str:
        return cookie


class Signed(Keeper):
    def keep(self, text: str) -> str:
        packed = base64.urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("=")
        return f".{packed}.{sign(packed)}"

    def find(self, cookie: str) -> str:
        _, packed, signature = cookie.split(".")
        return zlib.decompress(base64.urlsafe_b64decode(packed + "==")).decode() if signature == sign(packed) else ""


class NotSigned(Signed):
    """Packed, which looks like much and is nothing."""

    def find(self, cookie: str) -> str:
        return zlib.decompress(base64.urlsafe_b64decode(cookie.split(".")[1] + "==")).decode()


class Encrypted(Signed):
    def keep(self, text: str) -> str:
        nonce = secrets.token_hex(8)
        packed = f"{nonce}{cipher(text.encode(), nonce).hex()}"
        return f".{packed}.{sign(packed)}"

    def find(self, cookie: str) -> str:
        _, packed, signature = cookie.split(".")
        return cipher(bytes.fromhex(packed[16:]), packed[:16]).decode() if signature == sign(packed) else ""


class EncryptedOnly(Encrypted):
    """Nobody can read it; whoever turns a bit of it turns one of the text."""

    def find(self, cookie: str) -> str:
        return cipher(bytes.fromhex(cookie.split(".")[1][16:]), cookie.split(".")[1][:16]).decode(errors="replace")


class OnServer(Keeper):
    def __init__(self) -> None:
        self.stored = {}

    def keep(self, text: str) -> str:
        key = secrets.token_hex(16)
        self.stored[key] = text
        return key

    def find(self, cookie: str) -> str:
        return self.stored.get(cookie, "")


class HiddenOnServer(OnServer):
    def keep(self, text: str) -> str:
        return super().keep(cipher(text.encode(), "").hex())

    def find(self, cookie: str) -> str:
        return cipher(bytes.fromhex(super().find(cookie)), "").decode()


class SomewhereOnServer(OnServer):
    """It has no page that would show what it keeps."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.stored = None

    def keep(self, text: str) -> str:
        key = secrets.token_hex(16)
        self.kept[key] = text
        return key

    def find(self, cookie: str) -> str:
        return self.kept.get(cookie, "")


class Forgetful(Keeper):
    def find(self, cookie: str) -> str:
        return cookie[:0]


class Global(Keeper):
    """It tells everybody what anybody has put in."""

    last = ""

    def keep(self, text: str) -> str:
        self.last = text
        return "x"

    def find(self, cookie: str) -> str:
        return self.last or cookie


def sign(text: str) -> str:
    return hmac.new(KEY, text.encode(), "sha256").hexdigest()


def cipher(data: bytes, nonce: str) -> bytes:
    stream = b"".join(
        hashlib.sha256(KEY + nonce.encode() + bytes([block])).digest() for block in range(len(data) // 32 + 1)
    )
    return bytes(one ^ other for one, other in zip(data, stream, strict=False))


@pytest.mark.parametrize(
    ("keeper", "expected", "words"),
    [
        (Keeper, (False, False, False), "the secret was replaced"),
        (NotSigned, (False, False, False), "the secret was replaced"),
        (Signed, (False, True, False), "reads the secret; no change to it is taken; nothing is kept on the server"),
        (EncryptedOnly, (True, False, True), "a character was replaced"),
        (Encrypted, (True, True, True), "does not give the secret away; no change to it is taken; nothing is kept"),
        (OnServer, (True, True, False), "it is kept on the server, in the clear"),
        (HiddenOnServer, (True, True, True), "it is kept on the server, not in the clear"),
        (SomewhereOnServer, (True, True, None), "nobody can tell how"),
    ],
)
def test_it_tells_who_can_read_and_change_a_session(
    keeper: Callable[[], Keeper], expected: tuple[bool, bool, bool | None], words: str
) -> None:
    found = probed(keeper())
    assert (found.unreadable, found.unchangeable, found.encrypted) == expected
    assert words in found.found


@pytest.mark.parametrize(("keeper", "why"), [(Forgetful, "does not keep"), (Global, "without cookies too")])
def test_a_site_without_working_sessions_tells_nothing(keeper: Callable[[], Keeper], why: str) -> None:
    found = probed(keeper())
    assert (found.unreadable, found.unchangeable, found.encrypted) == (None, None, None)
    assert why in found.found


class Kept:
    """A site with nothing but sessions, kept by a keeper."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper

    def answer(self, asked: Asked) -> Answer:
        if asked.path == STORED_PATH:
            stored = self.keeper.stored
            return Answer("", 404) if stored is None else Answer(repr(stored))
        if asked.path != PATH:
            return Answer("", 404)
        if asked.method == "POST":
            return Answer(cookie=self.keeper.keep(parse_qs(asked.body)["secret"][0]))
        cookie = asked.cookies.get("session", "")
        try:
            found = self.keeper.find(cookie) if cookie or isinstance(self.keeper, Global) else ""
        except (ValueError, zlib.error):
            found = ""
        return Answer(f"<output>{found}</output>")


def probed(keeper: Keeper) -> SessionSecrecy:
    with served(Kept(keeper)) as target:
        return probe_session(target)
