"""A wrong body is told beside the right one."""

import gzip
import json
from collections.abc import Hashable

import pytest

from harness.contract.answers import world_row
from harness.contract.conformance.message import Response
from harness.contract.conformance.right import difference
from harness.contract.items import items
from harness.model.app import Endpoint

ROW = {world_id: str(world_row(world_id)).replace("'", '"') for world_id in (1, 2, 3)}


@pytest.mark.parametrize(
    ("endpoint", "key", "body", "told"),
    [
        (Endpoint.HELLO, None, "Hello", "the body is Hello, where Hello, World! belongs"),
        (Endpoint.HELLO, None, "", "the body is empty, where"),
        (Endpoint.JSON, None, "[]", 'where {"message": "Hello, World!"} belongs'),
        (Endpoint.ITEMS, (1, 7), "[]", 'the body is [], where {"items": [...]} with 1 items belongs'),
        (Endpoint.ITEMS, (1, 7), '{"items": []}', "0 items, where 1 belong"),
        (Endpoint.ITEMS, (1, 7), '{"items": [7]}', 'item 1: it is 7, where {"id": 1, '),
        (Endpoint.ITEMS, (1, 7), '{"items": [{"id": "1"}]}', 'item 1: id is "1", where 1 belongs'),
        (Endpoint.ITEMS, (1, 7), '{"items": [{"id": 1}]}', 'item 1: name is missing, where "Item 1 of 1" belongs'),
        (Endpoint.ITEMS, (1, 7), json.dumps({"items": [items(1, 7)["items"][0] | {"no": 1}]}), "item 1: no is a name"),
        (Endpoint.WAIT, 30, "{}", 'where {"waited": 30} belongs'),
        (Endpoint.DB, 2, ROW[1], f"the body is {ROW[1]}, where {ROW[2]} belongs"),
        (Endpoint.QUERIES, (1, 2), f"[{ROW[1]}, {ROW[3]}]", f"row 2 is {ROW[3]}, where {ROW[2]} belongs"),
        (Endpoint.QUERIES, (1, 2), f"[{ROW[1]}]", "1 rows, where 2 belong"),
        (Endpoint.QUERIES, (1, 2), "null", "where a list of 2 rows belongs"),
        (Endpoint.QUERIES, (1, 2), "[" * 100_000, "where a list of 2 rows belongs"),
    ],
)
def test_what_came_and_what_belongs_there_are_told(endpoint: Endpoint, key: Hashable, body: str, told: str) -> None:
    assert told in difference(endpoint, key, Response(200, body=body.encode()))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"message": "Hello, World!"}'.encode("utf-16"), "(no JSON: not in UTF-8), where"),
        (b'\xef\xbb\xbf{"message": "Hello, World!"}', "(no JSON: Unexpected UTF-8 BOM"),
        (b'{"message": "x", "message": "Hello, World!"}', "(no JSON: the name 'message' more than once in an object)"),
    ],
    ids=["UTF-16", "byte order mark", "a name twice"],
)
def test_why_it_is_no_json_is_told(body: bytes, told: str) -> None:
    assert told in difference(Endpoint.JSON, None, Response(200, body=body))


def test_rows_are_compared_whatever_the_order_of_their_names() -> None:
    body = f'[{{"randomNumber": {world_row(1)["randomNumber"]}, "id": 1}}, {ROW[3]}]'
    assert difference(Endpoint.QUERIES, (1, 2), Response(200, body=body.encode())).startswith("row 2 is ")


def test_a_compressed_body_is_told_as_such_and_another_status_comes_first() -> None:
    compressed = Response(200, [("content-encoding", "GZIP")], gzip.compress(b"Hello, World!"))
    assert "Content-Encoding: gzip, which was not asked for" in difference(Endpoint.HELLO, None, compressed)
    compressed.status = 503
    assert difference(Endpoint.HELLO, None, compressed).startswith("status 503, ")


def test_a_page_is_left_to_the_check_of_its_table() -> None:
    assert difference(Endpoint.FORTUNES, None, Response(200, body=b"<p>")) == "status 200, <p>"
