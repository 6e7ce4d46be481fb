"""The probe for encrypted sessions, on sites whose secrecy is known: it can tell, both ways."""

import base64
import hashlib
import hmac
import secrets
import threading
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from harness.contract.session_secrecy import PATH, STORED_PATH, SessionSecrecy, probe_session
from harness.model.conformance import Target

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


def probed(keeper: Keeper) -> SessionSecrecy:
    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == STORED_PATH:
                kept = keeper.stored
                return self.answer("" if kept is None else repr(kept), 404 if kept is None else 200)
            cookie = self.headers.get("Cookie", "").partition("=")[2]
            try:
                found = keeper.find(cookie) if cookie or isinstance(keeper, Global) else ""
            except (ValueError, zlib.error):
                found = ""
            return self.answer(f"<output>{found}</output>")

        def do_POST(self) -> None:
            assert self.path == PATH
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer("", cookie=keeper.keep(parse_qs(body)["secret"][0]))

        def answer(self, text: str, status: int = 200, cookie: str = "") -> None:
            self.send_response(status)
            if cookie:
                self.send_header("Set-Cookie", f"session={cookie}; Path=/; HttpOnly")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            return probe_session(Target(host="127.0.0.1", port=server.server_port))
        finally:
            server.shutdown()
            thread.join()
