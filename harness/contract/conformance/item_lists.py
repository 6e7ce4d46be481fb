"""Whether `/items` answers with the items that were asked for, computed for the request."""

from typing import Final

from harness.contract.conformance.server_under_test import Check, ServerUnderTest, Wrong, ask_items
from harness.contract.items import MAX_COUNT, MAX_FACTOR
from harness.model.app import Endpoint

_ASKED: Final = 20


def _counts_and_factors(server: ServerUnderTest) -> str:
    pairs = [(1, 1), (MAX_COUNT, MAX_FACTOR), (3, 7), (3, 8), (4, 7)]
    pairs += [(server.random.randint(1, MAX_COUNT), server.random.randint(1, MAX_FACTOR)) for _ in range(_ASKED)]
    before: dict[bytes, tuple[int, int]] = {}
    for pair in pairs:
        question = ask_items(*pair)
        response = server.get(question.path)
        try:
            server.expect_right(question, response)
        except Wrong as wrong:
            if earlier := before.get(response.body):
                raise Wrong(
                    f"{wrong.found}; it is the answer to count={earlier[0]} and factor={earlier[1]}, byte for byte",
                    hint="compute the items in each request, from its own count and factor: prepare and keep nothing",
                ) from wrong
            raise
        before[response.body] = pair
    return f"{len(pairs)} pairs of count and factor right, the smallest and the largest among them"


CHECKS: Final = (
    Check(
        name="counts and factors",
        endpoint=Endpoint.ITEMS,
        expected="for every count and factor the items that follow from them by the contract's rule",
        hint="answer with the items that docs/contract.md tells, field by field",
        run=_counts_and_factors,
    ),
)
