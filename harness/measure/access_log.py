"""Whether a server writes to its log for each request: that takes time, and none of the other apps spends it."""

import re
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from typing import Final

from harness.contract.conformance.message import Closed, WireFault
from harness.contract.conformance.server_under_test import NotApplicable, Question, ServerUnderTest, Wrong
from harness.mask import masked
from harness.metering.written_files import WrittenFiles
from harness.model.app import Endpoint
from harness.model.conformance import Target
from harness.runtime.roles import RunningServer

REQUESTS: Final = 200
"""More than anything is written of one kind by a start or an end: of each route, setting or connection to a database,
say. And so much that what a server keeps back of its lines, and loses where it is killed, is the lesser part."""
_IN_STEP: Final = REQUESTS // 2

_SHOWN: Final = 160
_VARYING: Final = re.compile(r"\S*\d\S*")
"""A word with a digit in it, as times, addresses, durations and the ids of requests are."""

REMEDY: Final = (
    "that takes time which no other app spends, and it is in all its figures. Turn its access log off, by an option "
    "of its server or in the app (docs/add-a-framework.md#when-something-is-wrong)"
)


def logged_for_each_request(server: RunningServer, target: Target, endpoints: Collection[Endpoint]) -> str | None:
    """What a server writes for each request, as a sentence; None where it writes nothing, or can't be asked.

    It is asked for the same thing many times, and ended: then all is written that it will write, so nothing is waited
    for by the clock. Its log is its output; files of its own are seen where it has them open beforehand.
    """
    with WrittenFiles(server.pids()) as files:
        if _right_answers(ServerUnderTest(target, endpoints, None)) < REQUESTS:
            return None
        logs = {"its log": server.log_at_its_end()} | {each.path: each.text for each in files.since()}
    for name, log in logs.items():
        if line := line_in_step(log):
            key = server.subject.original.key
            return f"{key} writes a line to {name} for each request, such as '{line}': {REMEDY}"
    return None


def line_in_step(log: str) -> str | None:
    """The last of the lines that are alike but for numbers, where there are as many as of requests; None where not.

    What is written once or some times, however long, is none. Half of the requests suffice, since a server that is
    killed loses what it has not written yet.
    """
    kinds = Counter(_kind(line) for line in log.splitlines() if line.strip())
    kind, number = next(iter(kinds.most_common(1)), ("", 0))
    if number < _IN_STEP:
        return None
    last = next(line for line in reversed(log.splitlines()) if _kind(line) == kind)
    return masked(last.strip())[:_SHOWN]


def _kind(line: str) -> str:
    return _VARYING.sub("#", line).strip()


def _right_answers(server: ServerUnderTest) -> int:
    """How many right answers came, up to `REQUESTS`; what is wrong with others is for the checks to say."""
    right = 0
    with suppress(NotApplicable, Wrong, WireFault):
        question = server.question()
        while right < REQUESTS:
            came = _on_one_connection(server, question, REQUESTS - right)
            if not came:
                break
            right += came
    return right


def _on_one_connection(server: ServerUnderTest, question: Question, most: int) -> int:
    """Right answers on one connection, until the server closes that: what is written of a connection is no matter."""
    right = 0
    with server.connect() as connection, suppress(Closed):
        while right < most:
            server.expect_right(question, connection.exchange(server.request(question)))
            right += 1
    return right
