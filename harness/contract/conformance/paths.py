"""Unknown paths, and other spellings of known ones."""

from typing import Final

from harness.contract.conformance.deviations import Deviations, expect_right_or_none, otherwise
from harness.contract.conformance.server_under_test import (
    Check,
    Deviation,
    NotApplicable,
    Question,
    ServerUnderTest,
    Wrong,
)
from harness.contract.leaks import leak_in
from harness.model.app import Endpoint

_NOT_FOUND: Final = 404
_LIKE_HELLO: Final = ("/HELLO", "/hello/world", "/hello%2Fworld", "/hello.txt")
"""What a router may take for `/hello`, as one does that ignores case."""
UNKNOWN: Final = (
    "/",
    "/nothing-here",
    *_LIKE_HELLO,
    "/.env",
    "/.git/config",
    "/%3Cscript%3Ealert(1)%3C/script%3E",
    "/..%2f..%2f..%2fetc%2fpasswd",
    "/../../../etc/passwd",
)
"""Paths that name nothing: answered with 404."""
_NO_TEXT: Final = ("/%00", "/hello%00", "/%ff%fe", "/%zz")
"""No path at all to some servers, which may say so with 400."""


_ROUTED: Final = (
    "a route of the app has answered it: have no other paths than those of the contract, not even /, and no route that "
    "takes whatever comes"
)
_IGNORE_UNKNOWN: Final = "ignore parameters that an endpoint does not know; take the others from the framework, decoded"


def _unknown(server: ServerUnderTest) -> str:
    deviations = Deviations()
    for path in (*UNKNOWN, *_NO_TEXT):
        with deviations.gathered():
            _expect_unknown(server, path)
    deviations.tell()
    return f"{len(UNKNOWN)} unknown paths answered with 404, {len(_NO_TEXT)} without meaning refused"


def _expect_unknown(server: ServerUnderTest, path: str) -> None:
    response = server.get(path)
    if leak := leak_in(response):
        raise Wrong(f"GET {path}: status {response.status}, and the body shows {leak}")
    allowed = {_NOT_FOUND, 400} if path in _NO_TEXT else {_NOT_FOUND}
    if response.status in allowed:
        return
    found = f"GET {path}: {response}, where status {' or '.join(map(str, sorted(allowed)))} belongs"
    if path in _LIKE_HELLO and server.is_answered(Question(Endpoint.HELLO, path, None), response):
        raise Deviation(found, hint=_ROUTED)
    raise otherwise(found, response, hint=_ROUTED if response.succeeded else None)


def _percent_encoded(server: ServerUnderTest) -> str:
    spellings = {
        Endpoint.HELLO: (Question(Endpoint.HELLO, "/hello?unused=%20%00%C3%A9", None),),
        Endpoint.DB: (Question(Endpoint.DB, "/db?id=%37", 7), Question(Endpoint.DB, "/db?%69d=7", 7)),
        Endpoint.QUERIES: (Question(Endpoint.QUERIES, "/queries?ids=1%2C2", (1, 2)),),
    }
    asked = [question for endpoint in sorted(server.sound & spellings.keys()) for question in spellings[endpoint]]
    if not asked:
        raise NotApplicable("the app has none of the endpoints that this check asks")
    deviations = Deviations()
    for question in asked:
        hint = _IGNORE_UNKNOWN if question.endpoint is Endpoint.HELLO else None
        with deviations.gathered():
            expect_right_or_none(server, question, server.answer(question), hint=hint)
    encoded: list[str] = []
    with deviations.gathered():
        encoded = _encoded_path(server)
    deviations.tell()
    return ", ".join([*(question.path for question in asked), *encoded])


def _encoded_path(server: ServerUnderTest) -> list[str]:
    """RFC 3986, 6.2.2.2, calls the spellings of a path equivalent, but some routers compare it undecoded."""
    if Endpoint.HELLO not in server.sound:
        return []
    question = Question(Endpoint.HELLO, "/%68ello", None)
    response = server.get(question.path)
    if response.status == _NOT_FOUND:
        return [f"{question.path} not found"]
    expect_right_or_none(server, question, response)
    return [question.path]


CHECKS: Final = (
    Check(
        name="unknown path",
        endpoint=None,
        expected="status 404, without a stack trace and without markup from the request",
        hint="leave unknown paths to the framework's own 404 page, with its debug mode off; "
        "answer 400 where a path can't be decoded",
        run=_unknown,
        may_deviate=True,
    ),
    Check(
        name="percent-encoding",
        endpoint=None,
        expected="the same answer however parameters are percent-encoded (an encoded path may also be unknown)",
        hint="take parameters from the framework, which has decoded them; don't parse the target",
        run=_percent_encoded,
        may_deviate=True,
    ),
)
