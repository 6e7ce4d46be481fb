"""A wrong body is told beside the right one."""

import gzip
import json
from collections.abc import Hashable

import pytest

from harness.contract.answers import world_row
from harness.contract.conformance.message import Response
from harness.contract.conformance.right import difference, what_to_mend
from harness.contract.items import items
from harness.contract.orders import OrderKey
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


ITEM = items(1, 7)["items"][0]
ORDER = OrderKey("A-1", 2, 1013)


def one_item(**changes: object) -> str:
    return json.dumps({"items": [ITEM | changes]})


def without(name: str, **others: object) -> str:
    return json.dumps({"items": [{key: value for key, value in ITEM.items() if key != name} | others]})


@pytest.mark.parametrize(
    ("endpoint", "key", "body", "hint"),
    [
        (Endpoint.HELLO, None, "Hello, World!\n", "send just `Hello, World!`: 13 bytes, no line break, no quotes"),
        (Endpoint.HELLO, None, '"Hello, World!"', "send just `Hello, World!`"),
        (Endpoint.HELLO, None, "Hello", None),
        (Endpoint.JSON, None, "{'message'}", "write the answer as JSON"),
        (Endpoint.JSON, None, '{"message": "Hello, world!"}', None),
        (Endpoint.JSON, None, '{"message": "Hello, World!", "ok": true}', "take `ok` out of the answer: "),
        (Endpoint.JSON, None, "{}", "add `message` to the answer"),
        (Endpoint.JSON, None, "[]", "make the answer an object: it is a list"),
        (Endpoint.DB, 2, '{"id": 2, "random_number": 1}', ": `random_number` stands there, where `randomNumber` bel"),
        (Endpoint.DB, 2, '{"Id": 2, "random": 1}', "`Id` and `random` stand there, where `id` and `randomN"),
        (Endpoint.DB, 2, '{"id": 2, "randomNumber": "7"}', "make `randomNumber` of the answer a whole number: it is a"),
        (Endpoint.DB, 2, '{"id": 2, "randomNumber": true}', "make `randomNumber` of the answer a whole number: it is"),
        (Endpoint.DB, 2, ROW[1], None),
        (Endpoint.DB, 2, f"[{ROW[2]}]", "make the answer an object: it is a list"),
        (Endpoint.QUERIES, (1, 2), f'[{ROW[1]}, {{"id": 2}}]', "add `randomNumber` to entry 2 of the answer"),
        (Endpoint.QUERIES, (1, 2), f"[{ROW[1]}]", "answer with one row for each id in the order given"),
        (Endpoint.QUERIES, (1, 2, 1), f"[{ROW[1]}, {ROW[2]}]", "also where an id stands there twice"),
        (Endpoint.QUERIES, (2, 1), f"[{ROW[1]}, {ROW[2]}]", "the rows are right, and not in the order of the ids"),
        (Endpoint.QUERIES, (1, 2), f"[{ROW[1]}, {ROW[1]}]", None),
        (Endpoint.ITEMS, (1, 7), without("made_on", madeOn="x"), "values of entry 1 of `items` of the answer as the c"),
        (Endpoint.ITEMS, (1, 7), without("made_on", madeOn="x"), ": `madeOn` stands there, where `made_on` belongs"),
        (Endpoint.ITEMS, (1, 7), without("previous"), "add `previous` to entry 1 of `items` of the answer"),
        (Endpoint.ITEMS, (1, 7), one_item(price="1.875"), "make `price` of entry 1 of `items` of the answer a number"),
        (Endpoint.ITEMS, (1, 7), one_item(price=1.88), "rule of `price` in docs/contract.md: a fraction of eighths"),
        (Endpoint.ITEMS, (1, 7), one_item(sku="SKU-7"), "follow the rule of `sku` in docs/contract.md"),
        (Endpoint.ITEMS, (1, 7), one_item(size={"width": 17}), "add `height` to `size` of entry 1 of `items` of the"),
        (Endpoint.ITEMS, (1, 7), '{"items": []}', "answer with as many items as `count` says"),
        (Endpoint.WAIT, 30, '{"waited": 30.0}', "make `waited` of the answer a whole number: it is a number with a fr"),
        (Endpoint.FORTUNES, None, "<p>", None),
    ],
)
def test_the_hint_names_what_is_wrong_with_names_and_kinds_of_values(
    endpoint: Endpoint, key: Hashable, body: str, hint: str | None
) -> None:
    found = what_to_mend(endpoint, key, Response(200, body=body.encode()))
    assert hint in found if hint and found else found is hint


def test_of_an_order_too() -> None:
    body = b'{"reference": "A-1", "lines": 2, "total": 1013}'
    assert str(what_to_mend(Endpoint.ORDERS, ORDER, Response(201, body=body))).endswith(
        "`total` stands there, where `total_cents` belongs"
    )
    assert what_to_mend(Endpoint.ORDERS, ORDER, Response(200, body=body)) is None, "the status is to be mended first"


def test_another_status_or_a_compressed_body_tells_nothing_of_names() -> None:
    assert what_to_mend(Endpoint.DB, 2, Response(503, body=b"{}")) is None
    compressed = Response(200, [("content-encoding", "gzip")], gzip.compress(b"{}"))
    assert what_to_mend(Endpoint.DB, 2, compressed) is None


def test_no_more_names_are_told_than_one_reads() -> None:
    body = json.dumps({f"{number:03}" * 50: 0 for number in range(100)}).encode()
    hint = what_to_mend(Endpoint.DB, 2, Response(200, body=body))
    assert "and 95 more stand there, where `id` and `randomNumber` belong" in str(hint)
    assert len(str(hint)) < 500
