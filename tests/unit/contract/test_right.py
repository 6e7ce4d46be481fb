"""A wrong body is told beside the right one."""

from collections.abc import Hashable

import pytest

from harness.contract.answers import world_row
from harness.contract.conformance.right import difference
from harness.model.app import Endpoint

ROW = {world_id: str(world_row(world_id)).replace("'", '"') for world_id in (1, 2, 3)}


@pytest.mark.parametrize(
    ("endpoint", "key", "body", "told"),
    [
        (Endpoint.HELLO, None, "Hello", "the body is Hello, where Hello, World! belongs"),
        (Endpoint.HELLO, None, "", "the body is empty, where"),
        (Endpoint.JSON, None, "[]", 'where {"message": "Hello, World!"} belongs'),
        (Endpoint.WAIT, 30, "{}", 'where {"waited": 30} belongs'),
        (Endpoint.DB, 2, ROW[1], f"the body is {ROW[1]}, where {ROW[2]} belongs"),
        (Endpoint.QUERIES, (1, 2), f"[{ROW[1]}, {ROW[3]}]", f"row 2 is {ROW[3]}, where {ROW[2]} belongs"),
        (Endpoint.QUERIES, (1, 2), f"[{ROW[1]}]", "1 rows, where 2 belong"),
        (Endpoint.QUERIES, (1, 2), "null", "where a list of 2 rows belongs"),
        (Endpoint.QUERIES, (1, 2), "[" * 100_000, "where a list of 2 rows belongs"),
    ],
)
def test_what_came_and_what_belongs_there_are_told(endpoint: Endpoint, key: Hashable, body: str, told: str) -> None:
    assert told in (difference(endpoint, key, body.encode()) or "")


def test_a_page_is_left_to_the_check_of_its_table() -> None:
    assert difference(Endpoint.FORTUNES, None, b"<p>") is None
