"""Each deliberately wrong app is caught by the check that is meant for its fault."""

import re
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

import psycopg
import pytest

from harness.contract import dataset
from harness.contract.conformance import check, database_connections
from harness.contract.conformance.suite import CHECKS
from harness.model.app import DATABASE_ENDPOINTS, Endpoint
from harness.model.conformance import CheckResult, Outcome, Target
from harness.runtime.database.embedded import EmbeddedPostgres

Serve = Callable[..., AbstractContextManager[dict[str, Target]]]


class Case(NamedTuple):
    """An app, the check that must fail for it, and what the check must say it found, and what to change."""

    app: str
    check: str
    endpoint: Endpoint | None
    found: str
    patience_s: float = 1.0
    hint: str = "."


ITEMS, ORDERS, DB, QUERIES, FORTUNES, WAIT, FEED, CHAT = (
    Endpoint(name) for name in ("items", "orders", "db", "queries", "fortunes", "wait", "feed", "chat")
)

CASES = (
    Case("CachedRow", "random ids", DB, r"GET /db\?id=(\d+): the body is \{.*, where \{\"id\": \1, .* belongs$"),
    Case("CachedById", "SQL statements", DB, "^0 SELECTs per request"),
    Case("HardCoded", "SQL statements", DB, "^0 SELECTs per request"),
    Case("ForShow", "changed row", DB, r"^GET /db\?id=4711, while its number is \d+ in PostgreSQL: status 200"),
    Case("ForShow", "changed row", QUERIES, r"while its number of 4711 is \d+ in PostgreSQL: status 200"),
    Case("CachedFortunes", "changed row", FORTUNES, "while its message of 7 is 'Changed .*' in PostgreSQL: status 200"),
    *(
        Case("ConnectionForEach", "database connections", each, r"^\d\d connections to PostgreSQL opened for", 60.0)
        for each in (DB, QUERIES, FORTUNES)
    ),
    Case("NothingForNoRow", "hostile parameter", DB, "id=.*: status 200"),
    Case("SwappedIds", "64 clients", DB, r"GET /db\?id=(\d+): the body is \{.*, where \{\"id\": \1, "),
    Case("MixedAnswers", "64 clients, mixed", None, "belongs|status 200"),
    Case("OneQuery", "SQL statements", QUERIES, "^1 SELECTs per request"),
    Case("Deduplicated", "SQL statements", QUERIES, "^2 SELECTs per request"),
    Case("SortedRows", "id lists", QUERIES, "20 ids|falling order", hint="not in the order of the ids"),
    Case("RowsOnce", "id lists", QUERIES, "duplicates: ", hint="also where an id stands there twice"),
    Case("WrongType", "random ids", DB, '"randomNumber": "'),
    Case("WrongType", "body", DB, '"randomNumber": "'),
    Case("WrongJson", "body", Endpoint.JSON, "Hello, world"),
    Case("JsonInUtf16", "body", Endpoint.JSON, r"\(no JSON: not in UTF-8\), where"),
    Case("JsonInUtf16", "random ids", DB, r"\(no JSON: not in UTF-8\), where"),
    Case("JsonWithByteOrderMark", "body", Endpoint.JSON, r"\(no JSON: Unexpected UTF-8 BOM"),
    Case("JsonWithByteOrderMark", "body", WAIT, r"\(no JSON: Unexpected UTF-8 BOM"),
    Case("JsonNameTwice", "body", Endpoint.JSON, r"\(no JSON: the name 'message' more than once"),
    Case("FeedNameTwice", "numbers", FEED, "the name 'sequence' more than once"),
    Case("Compressed", "body", Endpoint.HELLO, "a body in Content-Encoding: gzip, which was not asked for"),
    Case("PreparedItems", "counts and factors", ITEMS, "it is the answer to count=1 and factor=1, byte for byte"),
    Case("ItemsKeptByCount", "counts and factors", ITEMS, "it is the answer to count=3 and factor=7, byte for byte"),
    Case("OneItemLess", "counts and factors", ITEMS, "0 items, where 1 belong"),
    Case("OneItemForAll", "counts and factors", ITEMS, "item 1: id is 100, where 1 belongs"),
    Case("BareList", "body", ITEMS, r'the body is \[.*, where \{"items": \[...\]\} with \d+ items belongs'),
    Case("RoundedPrice", "counts and factors", ITEMS, "item 1: price is 0.38, where 0.375 belongs"),
    Case("PriceAsText", "counts and factors", ITEMS, 'item 1: price is "0.375", where 0.375 belongs'),
    Case("QuantityAsFloat", "counts and factors", ITEMS, "item 1: quantity is 1.0, where 1 belongs"),
    Case("AvailableAsNumber", "counts and factors", ITEMS, "item 1: available is 1, where true belongs"),
    Case("DateOfHttp", "counts and factors", ITEMS, 'made_on is "Sun, 02 Jan 2000 .*, where "2000-01-02" belongs'),
    Case("ZeroForNone", "counts and factors", ITEMS, "item 1: previous is 0, where null belongs"),
    Case("NoAccents", "counts and factors", ITEMS, r'tags is \["(caf|M).*, where \["(caf|M)'),
    Case("FlatSize", "counts and factors", ITEMS, r'size is \[11, 11\], where \{"width": 11, "height": 11\} belongs'),
    Case("AnyCount", "malformed parameter", ITEMS, "count=0&factor=7: status 200"),
    Case("ErrorOnBadInput", "malformed parameter", ITEMS, r"items\?count=&factor=7: status 500"),
    Case("ErrorOnBadInput", "hostile parameter", ITEMS, "status 500"),
    Case("RoundedDown", "right orders", ORDERS, '"total_cents": 0.*, where .*"total_cents": 1} belongs'),
    Case("RoundedToEven", "right orders", ORDERS, '"total_cents": 0.*, where .*"total_cents": 1} belongs'),
    Case("FirstLineOnly", "right orders", ORDERS, '"total_cents": 6.*, where .*"total_cents": 26} belongs'),
    Case("FirstOrderForAll", "right orders", ORDERS, '"lines": 1.*, where .*"lines": 2'),
    Case("OkForCreated", "right orders", ORDERS, "status 200, .*, where status 201 belongs"),
    Case("OkForCreated", "status", ORDERS, "POST /orders: status 200"),
    Case("TextForNumber", "wrong orders", ORDERS, "a text as discount: POST /orders: status 201"),
    Case("TrueForNumber", "wrong orders", ORDERS, "true as quantity: POST /orders: status 201"),
    Case("MissingQuantity", "wrong orders", ORDERS, "no quantity: POST /orders: status 201"),
    Case("NamesNoField", "wrong orders", ORDERS, "no reference: .*, which does not name the field 'reference'"),
    Case("ErrorOnNan", "hostile bodies", ORDERS, "NaN as quantity: status 500"),
    Case("ErrorOnDepth", "hostile bodies", ORDERS, "100,000 deep: status 500"),
    Case("ErrorOnManyDigits", "hostile bodies", ORDERS, "^a quantity of 10,000 digits: status 500"),
    Case("ErrorOnOtherBytes", "hostile bodies", ORDERS, "bytes that are no UTF-8: status 500"),
    Case("ErrorOnMuch", "hostile bodies", ORDERS, "^2 MB of white space: status 500"),
    Case("FirstOfTwoNames", "hostile bodies", ORDERS, "quantity twice: status 201"),
    Case("TraceOnBadOrder", "hostile bodies", ORDERS, "status 400, and the body shows a stack trace"),
    Case("ExactContentType", "content types", ORDERS, "charset=utf-8: status 415"),
    Case("ErrorWithoutContentType", "content types", ORDERS, "^Content-Type missing: status 500"),
    Case("ExpectationRefused", "ways to send", ORDERS, "^Expect: 100-continue: status 417"),
    Case("WaitsBehindChunks", "ways to send", ORDERS, "^chunked: "),
    Case("LengthIgnored", "ways to send", ORDERS, "^a Content-Length that is too short: status 201"),
    Case("OnePacketOnly", "ways to send", ORDERS, "in two packets: "),
    Case("NullForNoRow", "no such row", DB, r"id=0: status 200"),
    Case("NullForNoRow", "no such row", QUERIES, "status 200"),
    Case("ManyIds", "too many ids", QUERIES, "status 200"),
    Case("NoHello", "status", Endpoint.HELLO, "status 404", hint="^route GET /hello, or take it out of"),
    Case("MissingHeader", "content type", Endpoint.JSON, "no Content-Type"),
    Case("NoCharset", "content type", FORTUNES, "text/html$"),
    Case("ClosedEarly", "framing", Endpoint.HELLO, "closed the connection, 10 body bytes received of 13"),
    Case("LengthTooSmall", "framing", FORTUNES, "after the end of the body: bytes that are not HTTP"),
    Case("TwoLengths", "framing", Endpoint.HELLO, r"not HTTP \(Duplicate Content-Length\): HTTP/1.1 200"),
    Case("SignedLength", "framing", Endpoint.HELLO, r"not HTTP \(Invalid character in Content-Length\): HTTP/1.1 200"),
    Case("NoLength", "framing", Endpoint.HELLO, "no complete answer in time"),
    Case("UnescapedFortune", "stored script", FORTUNES, "a browser would run it"),
    Case("UnescapedFortune", "table", FORTUNES, "row 1 of 13", hint="autoescaping"),
    Case("EscapedTwice", "escaping", FORTUNES, "escaped twice"),
    Case("UnsortedFortunes", "table", FORTUNES, "row 1 of 13"),
    Case("ReversedFortunes", "table", FORTUNES, "row 1 of 13"),
    Case("OneWrongText", "table", FORTUNES, r"row \d+ of 13 is \('1', 'Measure once"),
    Case("PageOfNothing", "table", FORTUNES, "row 1 of 0 is None"),
    Case("CachedFortunes", "SQL statements", FORTUNES, "^0 SELECTs per request"),
    Case("NoDoctype", "document", FORTUNES, "begins with b'<html>"),
    Case("NoHeadings", "document", FORTUNES, "headings"),
    Case("WaitsNot", "duration", WAIT, r"GET /wait\?ms=30: answered after .*, too early"),
    Case("WaitsSeconds", "duration", WAIT, r"GET /wait\?ms=30: answered after \d{3,}\.\d ms at the earliest"),
    Case("FractionalWait", "body", WAIT, '"waited": 1.0'),
    Case("SharedWait", "waits together", WAIT, "waited"),
    Case("EndlessWait", "malformed parameter", WAIT, "ms=-1: status 200"),
    Case("EndlessWait", "hostile parameter", WAIT, "status 200", hint="refuse what is not 0 to 10,000, before"),
    Case("FeedWithGaps", "numbers", FEED, r"ids \[1, 2, 4, 5"),
    Case("FeedFromZero", "numbers", FEED, r"ids \[0, 1, 2"),
    Case("FeedStartsLate", "first event", FEED, r"came after \d+\.\d", patience_s=5.0),
    Case("FeedDrifts", "schedule", FEED, "events were sent \\d+ ms after their time"),
    Case("FeedInBatches", "schedule", FEED, "events were received \\d+ ms after their time"),
    Case("FeedCached", "headers", FEED, "Cache-Control: None"),
    Case("FeedKeepsGoing", "leaving clients", FEED, "after 16 clients had left"),
    Case("ChatWithOddKey", "handshake", CHAT, "a right handshake failed: invalid Sec-WebSocket-Accept header"),
    Case("ChatCompressed", "handshake", CHAT, "a right handshake failed: no extensions supported"),
    Case("ChatInAnyRoom", "wrong rooms", CHAT, r"WebSocket /chat\?room=: let in, where a status of 4xx belongs"),
    Case("ChatInRoomsThatBeginWell", "wrong rooms", CHAT, r"WebSocket /chat\?room=x+\.\.\.: let in, where"),
    Case("ChatLoses", "every member", CHAT, r"member 4 of 4 did not hear a text of 11 bytes, 'turn 0 of 2' within"),
    Case("ChatTwice", "every member", CHAT, r"heard a text of \d+ bytes, '(here|turn).*' a second time"),
    Case("ChatDisordered", "one order", CHAT, r"heard message 2 of member \d where its message 1 belongs"),
    Case("ChatInTwoOrders", "one order", CHAT, r"message \d+ of 48 was '\d:\d+' to member 2, and '\d:\d+' to member 1"),
    Case("ChatNotToSender", "own messages", CHAT, "a new member did not hear"),
    Case("ChatInSmallLetters", "other rooms", CHAT, "the member of Room-.* heard .*'here is .*', where .*'to Room"),
    Case("ChatInAllRooms", "other rooms", CHAT, "the member of Room-.* heard .*'here is .*', where .*'to Room"),
    Case("ChatStripped", "own messages", CHAT, "heard a text of 0 bytes, '', where a text of 1 bytes"),
    Case("ChatEscaped", "own messages", CHAT, "heard .*&quot;text.*, where"),
    Case(
        "ChatNormalised",
        "own messages",
        CHAT,
        r"heard .*'Grüße.*, where .*'Grüße",
    ),
    Case("ChatCutShort", "own messages", CHAT, "heard a text of 4000 bytes.*, where a text of 4096 bytes"),
    Case("ChatWithHistory", "latecomers", CHAT, "a new member heard .*'before 4', where .*'here is"),
    Case("ChatByFrame", "fragments", CHAT, "heard a text of 5 bytes, 'in fr', where"),
    Case("ChatWithoutPongs", "pings", CHAT, "a ping with 0 bytes was not answered"),
    Case("ChatBinaryAsText", "binary messages", CHAT, "a binary message did not end the connection"),
    Case("ChatBinaryIsAnError", "binary messages", CHAT, "gave close code 1011, where code 1003 belongs"),
    Case("ChatClosesUnsaid", "closing", CHAT, "ended without a close frame in answer to a close frame"),
    Case("ChatStaysOpen", "closing", CHAT, "after a close frame, the connection did not end"),
    Case("ChatKeepsLeavers", "leaving members", CHAT, r"as member \d+ of 12 came and left: "),
    Case("EndlessWait", "malformed parameter", FEED, "interval_ms=9: status 200"),
    Case("ErrorOnBadInput", "hostile parameter", FEED, "status 500"),
    Case("ClosesAlways", "keep-alive", None, "closed the connection, unannounced, after one answer"),
    Case("ClosesAfterFive", "keep-alive", None, r"closed the connection, unannounced, after \d answers"),
    Case("ClosesInPauses", "keep-alive", None, "closed the connection, unannounced, in a pause of 0.3 s"),
    Case("ClosesToCrowds", "keep-alive, 64 clients", None, r"\d new connections for [\d,]+ answers to 64 clients"),
    Case("ClosesNever", "connection close", None, "still open"),
    Case("OnePacket", "split requests", None, "single bytes"),
    Case("LastPipelined", "pipelined requests", None, "after 1 of 6"),
    Case("DisorderedPipeline", "pipelined requests", None, "the body is .*, where .* belongs"),
    Case("HeadWithBody", "HEAD", None, "a body of"),
    Case("RoutesForGetAlone", "HEAD", None, "HEAD /.*: status 404", hint="usual cause is a route for GET alone"),
    Case("ErrorOnHead", "HEAD", None, "HEAD /.*: status 500", hint="^read the app's log"),
    Case("RouteForHeadAlone", "HEAD", None, "HEAD /.*: Content-", hint="^answer HEAD by the route for GET"),
    Case("HeadBodyLater", "after HEAD", None, "bytes that are not HTTP"),
    Case("AnyMethod", "other methods", None, "POST /db", hint=r"^route /db for GET \(and HEAD\) alone"),
    Case("ErrorOnOtherMethods", "other methods", None, "status 500", hint=r"^read the app's log .* route /db for GET"),
    Case("UnreadBody", "other methods", None, ".", hint="^read the body of a request that is refused"),
    Case("FoundEverything", "unknown path", None, "GET /: status 200", hint="no route that takes whatever comes"),
    Case(
        "ErrorOnHello", "status", Endpoint.HELLO, r"a page titled \"it's broken\"", hint="^read the app's log for the"
    ),
    Case(
        "ChatEndsAtAWord", "pings", CHAT, "a new member did not hear", hint="^begin with this, for all checks of rooms"
    ),
    Case("EchoedPath", "unknown path", None, "a browser would run"),
    Case("NotDecoded", "percent-encoding", None, r"GET /db\?id=%37: status 400"),
    Case("ErrorOnBadInput", "malformed parameter", DB, "id: status 500"),
    Case("ErrorOnBadInput", "malformed parameter", QUERIES, "ids: status 500"),
    Case("ErrorOnBadInput", "hostile parameter", DB, r"status 500.*and \d+ more"),
    Case("ErrorOnBadInput", "hostile parameter", QUERIES, "status 500"),
    Case("StackTrace", "hostile parameter", DB, "status 400, and the body shows a stack trace"),
    Case("EchoedValue", "hostile parameter", DB, "markup from the request"),
    Case("HeaderFromValue", "hostile parameter", DB, "the value became a header|not HTTP"),
    Case("Truncating", "hostile parameter", DB, "where a refusal"),
    Case("LongTargets", "overlong target", None, "5000 bytes: status 500"),
)


@pytest.fixture(scope="module")
def targets(serve: Serve) -> Iterator[dict[str, Target]]:
    with serve(*dict.fromkeys(case.app for case in CASES)) as targets:
        yield targets


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.app}-{case.check}-{case.endpoint or 'server'}")
def test_the_fault_is_caught_by_its_check(case: Case, targets: dict[str, Target], postgres: EmbeddedPostgres) -> None:
    meant = [each for each in CHECKS if (each.name, each.endpoint) == (case.check, case.endpoint)]
    report = check(
        targets[case.app],
        list(Endpoint),
        statements=postgres.statements,
        connections=postgres.connections,
        change=postgres.change,
        checks=meant,
        patience_s=case.patience_s,
    )
    (result,) = report.results
    assert result.outcome is Outcome.FAILED
    assert re.search(case.found, result.found), result.found
    assert re.search(case.hint, result.hint or "")


def test_a_pool_that_is_too_large_is_caught_though_it_stands_by(serve: Serve, postgres: EmbeddedPostgres) -> None:
    with serve("LargePool", "GrowingPool", "App") as targets:
        found: dict[str, dict[Endpoint | None, CheckResult]] = {}
        for name, target in targets.items():
            urllib.request.urlopen(f"http://{target.host}:{target.port}/db?id=1").read()
            report = check(
                target,
                DATABASE_ENDPOINTS,
                statements=None,
                connections=postgres.connections,
                activity=postgres.activity,
                hold=postgres.held,
                checks=database_connections.CHECKS,
            )
            found[name] = {result.endpoint: result for result in report.results}
    for endpoint in DATABASE_ENDPOINTS:
        right = found["App"][endpoint]
        assert right.outcome is Outcome.PASSED
        assert right.found.endswith("; 4 used for 64 at a time")
        for wrong in (found["LargePool"][endpoint], found["GrowingPool"][endpoint]):
            assert wrong.outcome is Outcome.FAILED
            assert wrong.found == "48 connections to PostgreSQL used for 64 requests at a time: a pool has 16"
            assert wrong.hint == "give the pool of each process 16 connections, and no more beside them"


def test_where_statements_can_not_be_kept_waiting_a_pool_that_stands_by_is_caught_all_the_same(
    serve: Serve, postgres: EmbeddedPostgres
) -> None:
    with serve("LargePool") as targets:
        target = targets["LargePool"]
        urllib.request.urlopen(f"http://{target.host}:{target.port}/db?id=1").read()
        report = check(
            target,
            [Endpoint.DB],
            statements=None,
            connections=postgres.connections,
            activity=postgres.activity,
            checks=database_connections.CHECKS,
        )
    assert report.failures[0].found.startswith("48 connections to PostgreSQL used for 64 requests at a time")


def test_rows_that_are_not_the_harnesss_are_left_as_they_are(serve: Serve, postgres: EmbeddedPostgres) -> None:
    changed = [each for each in CHECKS if each.name == "changed row"]
    with serve("ForShow") as targets:
        report = check(targets["ForShow"], DATABASE_ENDPOINTS, statements=None, change=lambda _: False, checks=changed)
        assert {each.outcome for each in report.results} == {Outcome.SKIPPED}
        check(targets["ForShow"], DATABASE_ENDPOINTS, statements=None, change=postgres.change, checks=changed)
    with psycopg.connect(postgres.url) as connection:
        rows = connection.execute("SELECT id, random_number FROM world ORDER BY id").fetchall()
        fortunes = connection.execute("SELECT message FROM fortune ORDER BY id").fetchall()
    assert rows == [(world_id, dataset.random_number(world_id)) for world_id in range(1, dataset.WORLD_ROWS + 1)]
    assert fortunes == [(message,) for message in dataset.FORTUNES], "and as it was before, where they are"


@pytest.mark.usefixtures("restored_data")
def test_sql_run_from_a_parameter_is_caught_by_its_answers_and_by_the_damage(serve: Serve) -> None:
    meant = [each for each in CHECKS if each.name in {"hostile parameter", "data unchanged"}]
    with serve("Injectable") as targets:
        report = check(targets["Injectable"], [Endpoint.DB], statements=None, checks=meant, patience_s=1.0)
    hostile, unchanged = report.results
    assert "1%20OR%201%3D1: status 200" in hostile.found
    assert (unchanged.check, unchanged.outcome) == ("data unchanged", Outcome.FAILED)


def test_every_check_has_an_app_that_fails_it() -> None:
    """Representation checks are made alike for each endpoint, so one endpoint stands for all of them.

    Real servers with too many and too few processes fail *processes* in tests/integration/measure/test_processes.py.
    """
    caught = {case.check for case in CASES} | {"data unchanged", "processes"}
    assert caught == {each.name for each in CHECKS}
