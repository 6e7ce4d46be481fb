"""JSON is read as RFC 8259 has it between systems, and not as kindly as the standard library reads it."""

import json

import pytest

from harness.contract.answers import EXCHANGES
from harness.contract.strict_json import is_json_of, parsed_json
from harness.model.app import Endpoint

MESSAGE = json.dumps({"message": "Hello, World!"})


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (MESSAGE.encode("utf-16"), "not in UTF-8"),
        (MESSAGE.encode("utf-16-le"), "Expecting"),
        (MESSAGE.encode("utf-32"), "not in UTF-8"),
        (b"\xef\xbb\xbf" + MESSAGE.encode(), "BOM"),
        (b'{"message": "x", "message": "Hello, World!"}', "the name 'message' more than once"),
        (b'{"message": "Hello, World!", "message": "Hello, World!"}', "the name 'message' more than once"),
        (b'[{"a": {"b": 1, "b": 2}}]', "the name 'b' more than once"),
        (b"NaN", "NaN is no JSON"),
        (b"[-Infinity]", "-Infinity is no JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"", "Expecting value"),
    ],
)
def test_what_clients_read_differently_is_refused(body: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        parsed_json(body)
    assert told in str(refused.value)
    exchange = EXCHANGES[Endpoint.JSON]("localhost", 80, 0)
    assert not exchange.is_right(None, body)


@pytest.mark.parametrize("body", [MESSAGE, '{ "message" :\n"Hello, World!" }\n', MESSAGE.replace("H", "\\u0048")])
def test_every_spelling_of_the_right_value_is_right(body: str) -> None:
    assert is_json_of({"message": "Hello, World!"}, body.encode())


@pytest.mark.parametrize("body", [b"[1.0]", b'["1"]', b"[true]", b"[1, 1]", b"[]", b"1"])
def test_types_count(body: bytes) -> None:
    assert not is_json_of([1], body)
