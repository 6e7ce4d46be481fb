"""The security probe for forged requests (CSRF): does a bare site take a form that another site made a visitor send?

What another site can have a browser send without being asked first is a form: with one of the form's content types,
with the visitor's cookies, without anything that only a page of the site itself would know (OWASP, "Cross-Site Request
Forgery Prevention Cheat Sheet"). Browsers add Origin and, today, Sec-Fetch-Site; a probe without either stands for old
ones and for proxies that strip them. As a control, the site's own form has to work: a site that takes nothing at all
protects nobody.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from harness.contract.conformance.message import Response, WireFault
from harness.contract.conformance.raw_connection import Connection
from harness.model.base import Contract
from harness.model.conformance import Target

_PATH: Final = "/transfers"
_PATIENCE_S: Final = 5.0
_COUNT: Final = re.compile(rb"<output>(\d+)</output>")
_HIDDEN: Final = re.compile(rb'<input type="hidden" name="([^"]+)" value="([^"]+)"')
_ELSEWHERE: Final = "https://elsewhere.example"

_FORGERIES: Final = {
    "from another site": {
        "Origin": _ELSEWHERE,
        "Referer": f"{_ELSEWHERE}/page",
        "Sec-Fetch-Site": "cross-site",
    },
    "from another site by an old browser": {"Origin": _ELSEWHERE},
    "without any trace of where it came from": {},
}


class Forgery(Contract):
    """What a bare site did."""

    refused: bool | None
    """All forged forms; None where not even the site's own form works."""
    found: str


def forge(target: Target) -> Forgery:
    """Send a site forged forms, and its own."""
    try:
        answers = [(how, *_attempt(target, headers)) for how, headers in _FORGERIES.items()]
        works = _own_form_works(target)
    except WireFault as fault:
        return Forgery(refused=None, found=f"the bare site did not answer: {fault}")
    if not works:
        return Forgery(refused=None, found="the bare site does not even take its own form")
    taken = [how for how, _, done in answers if done]
    if taken:
        return Forgery(refused=False, found=f"it took a form {' and one '.join(taken)}")
    statuses = sorted({status for _, status, _ in answers})
    return Forgery(
        refused=True, found=f"it refused all {len(answers)} forged forms (status {', '.join(map(str, statuses))})"
    )


def _attempt(target: Target, headers: dict[str, str]) -> tuple[int, bool]:
    """The answer's status, and whether the transfer was made. The visitor has been there, so the cookies are sent."""
    page = _ask(target, "GET", {})
    answer = _ask(target, "POST", {**headers, **_cookies(page)}, {"amount": "1"})
    return answer.status, _count(_ask(target, "GET", {})) > _count(page)


def _own_form_works(target: Target) -> bool:
    page = _ask(target, "GET", {})
    fields = {name.decode(): value.decode() for name, value in _HIDDEN.findall(page.body)}
    own = {"Origin": f"http://{target.host}:{target.port}", "Sec-Fetch-Site": "same-origin"}
    _ask(target, "POST", {**own, **_cookies(page)}, {**fields, "amount": "1"})
    return _count(_ask(target, "GET", {})) > _count(page)


def _cookies(page: Response) -> dict[str, str]:
    pairs = [value.partition(";")[0] for name, value in page.headers if name == "set-cookie"]
    return {"Cookie": "; ".join(pairs)} if pairs else {}


def _count(page: Response) -> int:
    found = _COUNT.search(page.body)
    if found is None:
        raise WireFault(f"GET {_PATH}: {page}")
    return int(found[1])


def _ask(target: Target, method: str, headers: dict[str, str], fields: dict[str, str] | None = None) -> Response:
    with Connection(target, _PATIENCE_S) as connection:
        return connection.exchange(b"".join(_bytes(target, method, headers, fields)))


def _bytes(target: Target, method: str, headers: dict[str, str], fields: dict[str, str] | None) -> Iterator[bytes]:
    body = urlencode(fields).encode() if fields else b""
    about = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))} if fields else {}
    lines = [f"{method} {_PATH} HTTP/1.1", f"Host: {target.host}:{target.port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in {**headers, **about}.items()]
    yield "\r\n".join([*lines, "", ""]).encode()
    yield body
