"""In what of a check a framework may do otherwise by itself, where its manifest declares so, and in what none may."""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import Final

from harness.contract.conformance.message import Response
from harness.contract.conformance.server_under_test import Deviation, Question, ServerUnderTest, Wrong
from harness.contract.leaks import leak_in

NO_ANSWER: Final = range(300, 500)
"""Statuses by which a request is refused or sent elsewhere: nothing is answered wrongly."""
_SHOWN: Final = 3
"""So many differences are told; they mostly have one cause."""
_NO_LEAK: Final = "switch the framework's debug mode off, and have error pages escape what they show of a request"


class Deviations:
    """What is otherwise in the cases of a check, which goes through all of them: what none may do ends it."""

    def __init__(self) -> None:
        self._found: list[Deviation] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Keep a Deviation of the block for later."""
        try:
            yield
        except Deviation as deviation:
            self._found.append(deviation)

    def tell(self) -> None:
        """Raises Deviation where there was one, or several."""
        if not self._found:
            return
        more = f" (and {len(self._found) - _SHOWN} more)" if len(self._found) > _SHOWN else ""
        found = "; ".join(each.found for each in self._found[:_SHOWN])
        raise Deviation(f"{found}{more}", hint=self._found[0].hint)


def otherwise(found: str, response: Response, *, hint: str | None = None, excused: Container[int] = NO_ANSWER) -> Wrong:
    """What to raise for a response other than the one that belongs there: a Deviation where it does no harm.

    `excused` are the statuses of which that is so.
    """
    if leak := leak_in(response):
        return Wrong(f"{found}, and the body shows {leak}", hint=_NO_LEAK, answer=response)
    kind = Deviation if response.status in excused else Wrong
    return kind(found, hint=hint, answer=response)


def expect_no_leak(where: str, response: Response) -> None:
    """Raises Wrong where the response gives something away, whatever its status."""
    if leak := leak_in(response):
        raise Wrong(f"{where}: status {response.status}, and the body shows {leak}", hint=_NO_LEAK, answer=response)


def expect_right_or_none(
    server: ServerUnderTest, question: Question, response: Response, *, hint: str | None = None
) -> None:
    """Raises Wrong where the answer is not the right one, and Deviation where there is none, as of a request refused.

    `hint` is what to change, where that is known without the answer.
    """
    try:
        server.expect_right(question, response)
    except Wrong as wrong:
        raise otherwise(wrong.found, response, hint=hint or wrong.hint) from wrong
