"""A visitor of a site: keeps its cookies, and fills in its forms with the hidden fields that they came with."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from harness.contract.conformance.message import Response
from harness.contract.conformance.raw_connection import Connection
from harness.model.conformance import Target

FORM: Final = "application/x-www-form-urlencoded"
_PATIENCE_S: Final = 20.0
"""A site that does its work for the first time, on a busy host, may take long for it."""
_HIDDEN: Final = re.compile(rb'<input type="hidden" name="([^"]+)" value="([^"]+)"')


class Visitor:
    """Asks a site, each time over a connection of its own."""

    def __init__(self, target: Target, cookies: Mapping[str, str] | None = None) -> None:
        """Begins with these cookies, or none."""
        self._target = target
        self.cookies: Final = dict(cookies or {})

    def get(self, path: str) -> Response:
        """Read a page."""
        return self._ask("GET", path, b"", "")

    def post(self, path: str, body: bytes, content_type: str) -> Response:
        """Send a body as it is."""
        return self._ask("POST", path, body, content_type)

    def submit(self, path: str, fields: Mapping[str, str], on: str | None = None) -> Response:
        """Send a form with what the site has hidden in it; `on` is the page that it stands on, if that is another."""
        hidden = {name.decode(): value.decode() for name, value in _HIDDEN.findall(self.get(on or path).body)}
        return self.post(path, urlencode({**hidden, **fields}).encode(), FORM)

    def _ask(self, method: str, path: str, body: bytes, content_type: str) -> Response:
        about = {"Content-Type": content_type, "Content-Length": str(len(body))} if method == "POST" else {}
        if self.cookies:
            about["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._target.host}:{self._target.port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in about.items()]
        with Connection(self._target, _PATIENCE_S) as connection:
            answer = connection.exchange("\r\n".join([*lines, "", ""]).encode() + body)
        self._keep_cookies(answer)
        return answer

    def _keep_cookies(self, answer: Response) -> None:
        for header, text in answer.headers:
            if header != "set-cookie":
                continue
            pair, _, attributes = text.partition(";")
            name, _, value = pair.strip().partition("=")
            if not value.strip('"') or "max-age=0" in attributes.lower().replace(" ", ""):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
