"""Writes docs/contract.md from the contract itself, `harness/contract`: `python docs/contract.py`.

What the page shows as right and as wrong stands in `EXAMPLES`, and a test holds each of them against the same code that
judges apps.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from harness.contract import dataset
from harness.contract.answers import EXCHANGES, QUERIES_PER_REQUEST, world_row
from harness.contract.chat_rooms import MAX_ROOM, MAX_TEXT_BYTES, POLICY_VIOLATION, UNSUPPORTED_DATA
from harness.contract.conformance.chat.handshake import WRONG_ROOMS
from harness.contract.conformance.database_connections import POOL_SIZE
from harness.contract.conformance.methods import HEAD_STATUSES, REFUSED
from harness.contract.conformance.order_bodies import BODIES, FAULTS, Body
from harness.contract.conformance.paths import UNKNOWN
from harness.contract.conformance.rows import MALFORMED, NO_SUCH_ROW
from harness.contract.conformance.suite import CHECKS
from harness.contract.conformance.wait import MAX_WAIT_MS
from harness.contract.event_stream import INTERVALS_MS
from harness.contract.items import FIRST_DAY, GROUPS, MAX_COUNT, MAX_FACTOR, MODULUS, items
from harness.contract.orders import (
    LINES_UNDER_LOAD,
    MAX_DISCOUNT_PERCENT,
    MAX_LINES,
    MAX_QUANTITY,
    MAX_REFERENCE,
    MAX_SKU,
    MAX_UNIT_CENTS,
    WRONG_ONE_IN,
    OrderKey,
    accepted,
)
from harness.measure import routes
from harness.measure.access_log import REQUESTS
from harness.model.app import Endpoint

PAGE = Path(__file__).with_name("contract.md")

IDS = (4711, 7, 7)
ORDER = {
    "reference": "A-4711",
    "discount_percent": 10,
    "lines": [
        {"sku": "SKU-1", "quantity": 3, "unit_cents": 250},
        {"sku": "SKU-2", "quantity": 5, "unit_cents": 75},
    ],
}
ITEM = items(1, 4_712)
EVENT = b'id: 1\ndata: {"sequence": 1, "sent_at_ns": 1764136800000000000}\n\n'
EVENT_TWO = EVENT.replace(b"id: 1", b"id: 2").replace(b'ce": 1,', b'ce": 2,')
FORTUNES_PAGE = (
    b"<!doctype html>\n<html>\n<head><title>Fortunes</title></head>\n<body>\n<table>\n"
    b"<tr><th>id</th><th>message</th></tr>\n"
    + "".join(
        f"<tr><td>{row}</td><td>{message.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</td></tr>\n"
        for row, message in dataset.expected_fortunes()
    ).encode()
    + b"</table>\n</body>\n</html>\n"
)


class Example(NamedTuple):
    """One request, what belongs to it, and what looks alike and does not."""

    endpoint: Endpoint
    target: str
    key: object
    """By which `Exchange.is_right` knows the right answer."""
    right: Sequence[bytes]
    wrong: dict[bytes, str]
    """With what is wrong with it."""


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


EXAMPLES = (
    Example(
        Endpoint.HELLO,
        "/hello",
        None,
        (b"Hello, World!",),
        {b"Hello, World!\n": "a byte more", b"Hello, world!": "a small letter", b'"Hello, World!"': "JSON"},
    ),
    Example(
        Endpoint.JSON,
        "/json",
        None,
        (b'{"message": "Hello, World!"}', b'{"message":"Hello, World!"}', b'{\n  "message": "Hello, World!"\n}\n'),
        {b'{"message": "Hello, World!", "ok": true}': "a name more", b"{'message': 'Hello, World!'}": "no JSON"},
    ),
    Example(
        Endpoint.ITEMS,
        "/items?count=1&factor=4712",
        (1, 4_712),
        (_json(ITEM), _json(ITEM).replace(b": ", b":").replace(b", ", b",")),
        {
            _json(ITEM).replace(b"1178.125", b"1178.13"): "a price rounded to cents",
            _json(ITEM).replace(b"1178.125", b'"1178.125"'): "a text in place of a number",
            _json(ITEM).replace(b"2012-11-25", b"Sun, 25 Nov 2012 00:00:00 GMT"): "the date of an HTTP header",
            _json(ITEM).replace(b"null", b"0"): "a number in place of null",
            _json(ITEM["items"]): "the list alone",
        },
    ),
    Example(
        Endpoint.ORDERS,
        "/orders",
        OrderKey.of(ORDER),
        (_json(accepted(ORDER)), _json(accepted(ORDER)).replace(b": ", b":").replace(b", ", b",")),
        {
            _json(accepted(ORDER)).replace(b"1013", b"1012"): "half a cent rounded down, or to the even cent",
            _json(accepted(ORDER)).replace(b"1013", b'"1013"'): "a text in place of a number",
            _json(accepted(ORDER)).replace(b"1013", b"10.13"): "no cents",
            _json(accepted(ORDER)).replace(b"A-4711", b"A-4712"): "somebody else's order",
        },
    ),
    Example(
        Endpoint.DB,
        "/db?id=4711",
        4711,
        (_json(world_row(4711)), _json(dict(reversed(world_row(4711).items())))),
        {
            _json({name: str(value) for name, value in world_row(4711).items()}): "texts in place of integers",
            _json({"id": 4711, "random_number": dataset.random_number(4711)}): "the column's name",
            _json([world_row(4711)]): "a list",
        },
    ),
    Example(
        Endpoint.QUERIES,
        f"/queries?ids={','.join(map(str, IDS))}",
        IDS,
        (_json([world_row(each) for each in IDS]),),
        {
            _json([world_row(each) for each in sorted(IDS)]): "sorted",
            _json([world_row(each) for each in dict.fromkeys(IDS)]): "what was asked for twice, once",
        },
    ),
    Example(
        Endpoint.FORTUNES,
        "/fortunes",
        None,
        (FORTUNES_PAGE,),
        {FORTUNES_PAGE.replace(b"&lt;", b"<").replace(b"&gt;", b">"): "not escaped"},
    ),
    Example(
        Endpoint.WAIT,
        "/wait?ms=100",
        None,
        (b'{"waited": 100}',),
        {b'{"waited": 100.0}': "no integer", b'{"waited": 0.1}': "seconds"},
    ),
)


def _either(statuses: Iterable[int]) -> str:
    *others, last = map(str, sorted(statuses))
    return f"{', '.join(others)} or {last}"


def _said(body: Body) -> str:
    """A body as words, or as it is."""
    return f"`{body.said}`" if body.said.encode() == body.body else body.said


HEAD = f"""# The contract

Made by `python docs/contract.py` from `harness/contract`, which judges apps by it; a test fails when this page is
stale, and another asks the judges about every answer that stands here. `bench verify APP` asks an app all of it.

## Settings

An app takes its settings from variables, and is started by the command of its manifest.

| variable | is |
|---|---|
| `HOST`, `PORT` | the one address to listen on; HTTP/1.1 without TLS |
| `WORKERS` | how many processes answer; 1 where nothing else is measured |
| `DATABASE_URL` | a PostgreSQL with the tables below; not set where no endpoint that is asked for needs one |
| `EXTRA_ROUTES` | how many further routes there are, `/extra/0` and so on, ahead of the others; each answers 200 |

## Every answer

- Status 200 (201 of `/orders`), and the `Content-Type` of its endpoint. `charset=utf-8` may stand with any of them, and
  must with HTML.
- One `Content-Length` that is right, or `Transfer-Encoding: chunked`; a server that closes after each answer may leave
  out both.
- No byte after the body. Any number of interim responses (`103 Early Hints`) may come before it.
- JSON is compared by its values: spaces, line breaks and the order of names are free; `7`, `7.0` and `"7"` differ. It
  is in UTF-8 without a byte order mark, and has each name once.
- Other headers are free: `Server` and `Date` may come or not. `Cache-Control` is asked of `/feed` only.
- `HEAD` gives {_either(HEAD_STATUSES)}, with the headers of `GET` and without a body. Other methods give
  {_either(REFUSED)}.
- A parameter that the contract does not know changes nothing: `/hello?unused=1` is `/hello`. Names and values may be
  percent-encoded. What is asked for twice (`?id=1&id=2`) is answered for one of them, or refused.
- A path that names nothing gives 404, such as {", ".join(f"`{path}`" for path in UNKNOWN[:4])}.
- Never a status of 5xx, a stack trace, or what came with the request as markup.

## The data

`world` has {dataset.WORLD_ROWS:,} rows. The `random_number` of row N is `N * 48271 % 2147483647 % 10000 + 1`: that of
row 1 is {dataset.random_number(1):,}, that of row 2 is {dataset.random_number(2):,}.
`fortune` has {len(dataset.FORTUNES)} rows. `harness/contract/dataset.sql` makes both.

Each request reads what it answers with: nothing is kept between requests, and one SELECT reads one row (in `/fortunes`,
all of them).

Each process opens one pool of {POOL_SIZE} connections when it starts; a request takes one of them, and gives it back.
"""

ITEM_RULE = {
    "id": "I",
    "name": "the text `Item I of count`",
    "sku": "the text `SKU-` and V in five digits",
    "quantity": "the integer V % 100",
    "price": "(2 * V + 1) / 8, which is never whole, and not rounded",
    "available": "whether V can't be divided by 3",
    "made_on": f"the day V days after {FIRST_DAY}, as `YYYY-MM-DD`",
    "size": "an object of two integers: `width` is V % 90 + 10, `height` is V % 70 + 10",
    "tags": f"a list of two texts: number V % 4 (from 0) of {', '.join(f'`{each}`' for each in GROUPS)}, and "
    "`shelf N` where N is V % 12",
    "previous": "I - 1, but null in the first item",
}
ITEM_SHOWN = items(3, 9_999)["items"][1]
ITEM_ROWS = "\n".join(f"| `{name}` | {rule} | `{json.dumps(ITEM_SHOWN[name])}` |" for name, rule in ITEM_RULE.items())

ITEMS = f"""`count` is an integer from 1 to {MAX_COUNT}, and so many items belong there; `factor` is one from 1 to
{MAX_FACTOR:,}. What is in item I, counted from 1, follows from `V = I * factor % {MODULUS}`:

| field | is | such as, for I = 2, `count=3` and `factor=9999`, so V = {2 * 9_999 % MODULUS} |
|---|---|---|
{ITEM_ROWS}

The items are computed and written in each request. Under load each factor is drawn at random, and the counts come in
random order, each from 1 to {MAX_COUNT} once in {MAX_COUNT} requests: no answer can be prepared, and all apps get the
same work.
"""

ORDERS = f"""The answer to this body, sent as `application/json`, with status 201:

```json
{json.dumps(ORDER)}
```

| field | is |
|---|---|
| `reference` | 1 to {MAX_REFERENCE} ASCII letters, digits and hyphens; it comes back in the answer |
| `discount_percent` | an integer from 0 to {MAX_DISCOUNT_PERCENT} |
| `lines` | a list of 1 to {MAX_LINES} objects |
| `sku` of a line | a text of 1 to {MAX_SKU} characters |
| `quantity` of a line | an integer from 1 to {MAX_QUANTITY:,} |
| `unit_cents` of a line | an integer from 1 to {MAX_UNIT_CENTS:,} |

The answer has the reference, the number of lines, and `total_cents`: with S the sum of `quantity * unit_cents` over all
lines, it is `(S * (100 - discount_percent) + 50) // 100`, so half a cent is rounded up. An integer is a JSON number
without fraction and exponent: no text, and not `true`. Further names in an order change nothing, or are refused.

A wrong order is answered with 400 or 422 and a body of any kind that has the name of a wrong field in it. The check
sends {", ".join(each.said for each in FAULTS)}.

What is no order is answered with any status of 4xx, and what can be read as one may be answered as that. The check
sends {"; ".join(map(_said, BODIES))}.

Under load an order has 1 to {LINES_UNDER_LOAD} lines and a reference of its own, and one in {WRONG_ONE_IN} is wrong: a
text as quantity, a quantity of 0, no sku, too much discount, or no lines. `HEAD` and `GET` are not asked for.
"""

LISTS = f"""A list has 1 to {dataset.MAX_QUERIES} ids, {QUERIES_PER_REQUEST} under load. The rows come in the order
asked for, and twice what is asked for twice.
"""

FEED = f"""
### `GET /feed?interval_ms=N`

`Content-Type: text/event-stream`, `Cache-Control: no-store`, no `Content-Length`; chunked, or until the connection
ends. It goes on until the client leaves, whose leaving frees what it held. Two events are these bytes:

```text
{(EVENT + EVENT_TWO).decode().rstrip()}
```

- `id` and `sequence` are the number of the event, from 1 without gaps; `sent_at_ns` is the wall clock in nanoseconds
  (`time.time_ns()`) when it was sent. Both are JSON integers, and there is no third name.
- The first comes at once, each other one N milliseconds after the one before, counted from the first.
- Lines may end in LF, CR LF or CR; comments (`: ping`) and other fields may stand between events.
- N is an integer from {INTERVALS_MS[0]} to {INTERVALS_MS[-1]:,}.
"""

CHAT = f"""
### `WebSocket /chat?room=NAME`

A handshake by RFC 6455: `GET` with `Upgrade: websocket`, answered with 101. The client offers no extension, so none is
chosen, and nothing is compressed.

- A room is called by 1 to {MAX_ROOM} ASCII letters, digits and hyphens; `lobby` and `Lobby` are two rooms. Where the
  parameter is missing, or no room may be called so, the handshake is refused with any status of 4xx in place of 101;
  or, as where a framework answers it before the app is asked, the connection is closed at once with code
  {POLICY_VIOLATION}. A `GET` without `Upgrade` gives 4xx.
- Whoever is let in is a member of the room until its connection ends. It is one at the latest when its own first
  message comes back to it: that is how it learns so.
- Each *text message* of a member goes to every member of its room, the sender included: unchanged, once, and in one
  order for all of them, in which each member's messages stand as it sent them. Who comes later gets none of those
  before.
- A text has up to {MAX_TEXT_BYTES:,} bytes of UTF-8, and may be empty. A message that comes in fragments is one
  message.
- A binary message ends the sender's connection with a close frame of code {UNSUPPORTED_DATA}, and reaches nobody.
- A ping is answered by a pong with the same data; a close frame by a close frame, and the end of the connection.
- Who has left gets nothing more, and disturbs nobody, whether it closed or was cut off in the middle of a message.
  Other rooms hear nothing.
- Rooms live in one process of the server: with more than one (`WORKERS`), nothing is said of `/chat`, nor measured.
"""

LOG = f"""
## The log

What an app writes to its standard output and error is its log. It writes no line there for a request that it answers
rightly: that would take time which no other app spends. `bench verify` asks a server for one thing {REQUESTS} times and
ends it. Where half as many lines or more are alike but for numbers, it shows the last of them and warns: no answer is
wrong, so no check fails. A warning that comes once, or what a start tells, is none of them. What goes to a file of
the app's own is seen where that is open as the server begins to answer, on this host; not where it is opened anew for
each line.
"""

CHECKS_HEAD = """
## The checks

What `bench verify` asks, in its order. A run asks the same before it measures, but for those marked *lengthy* and the
number of SQL statements, of which it sees whether there was any; those marked *alone* it asks of one server after
another, and the last where it measures `routes`. What is marked *may differ* a framework may do otherwise by itself,
where the app's manifest declares so under that name ([`deviates`](add-a-framework.md#the-manifest)). That excuses what
is harmless alone: never a wrong answer, a status of 5xx or a leak. Of an endpoint whose first check here fails, no
other is made, and *after HEAD* is skipped where *HEAD* saw a body: one cause is told once.

| endpoint | check | what belongs there | |
|---|---|---|---|
"""


UNSEEN = """
## What the checks can't see

An answer that is right in every byte may have taken less work than it stands for. Nothing outside tells the following,
so no check asks for it: whoever reviews an app looks for it in the code.

- Whether `/json` is serialised in each request: a text that was made once, at the start, has the same bytes.
- Whether the framework's own router, JSON and template engine have made the answer, as its users would write it and
  with none of its checks switched off.
- Whether an app runs in a debug mode, which only makes it slower.
- Whether `/wait` waits as the framework's users wait, and an order is checked by what the framework brings.
- Whether an app answers `bench` otherwise than anybody else.
- When an app's pool opens its connections, and those that it has and never uses: what is counted is those that are
  opened while 16 clients ask at once, and those that it uses while 64 do and each statement has to wait.
- Whether an app is of the `interface` that its manifest names: a server of its own answers HTTP all the same.
- In a run, whether a server writes a line for each request: only `bench verify` looks at that.
- What a process is for that answers nobody. `bench verify` names it, and no check fails: what it takes of CPU time and
  memory counts as the app's.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, "\n## Endpoints\n", *map(_section, EXAMPLES)]
    parts += [FEED, f"\n{_refused(Endpoint.FEED)}\n", CHAT, f"\n{_refused_rooms()}\n", LOG]
    parts += [CHECKS_HEAD, *_rows(), UNSEEN]
    return "".join(parts)


def _section(example: Example) -> str:
    exchange = EXCHANGES[example.endpoint]
    charset = "; charset=utf-8" if example.endpoint is Endpoint.FORTUNES else ""
    method = "POST" if example.endpoint is Endpoint.ORDERS else "GET"
    parts = [f"\n### `{method} {example.target}`\n\n`Content-Type: {exchange.content_type}{charset}`"]
    if example.endpoint is Endpoint.FORTUNES:
        parts.append(_fortunes())
    else:
        alike = [f"`{each.decode()}`" for each in example.right if b"\n" not in each]
        parts.append(f", and {' or '.join(alike)}.\n\n| not | since it is |\n|---|---|\n")
        parts += [
            f"| `{body.decode().encode('unicode_escape').decode()}` | {why} |\n" for body, why in example.wrong.items()
        ]
    if example.endpoint is Endpoint.JSON:
        parts.append("\nThe object is made and serialised in each request, and no answer is kept ready.\n")
    if example.endpoint is Endpoint.ITEMS:
        parts.append(f"\n{ITEMS}")
    if example.endpoint is Endpoint.ORDERS:
        parts.append(f"\n{ORDERS}")
    if example.endpoint is Endpoint.QUERIES:
        parts.append(f"\n{LISTS}")
    if example.endpoint is Endpoint.WAIT:
        longest = f"from 0 to {MAX_WAIT_MS:,}"
        parts.append(f"\nMilliseconds, an integer {longest}, waited the framework's own way: not one too few.\n")
    if refused := _refused(example.endpoint):
        parts.append(f"\n{refused}\n")
    return "".join(parts)


def _fortunes() -> str:
    stored = [f"| {row} | `{message}` |\n" for row, message in dataset.expected_fortunes()]
    return (
        ". An HTML5 document: `<!doctype html>`, and a table with the headings `id` and `message` and these\n"
        "rows, sorted by message (by code point, in the app), rendered and escaped by the framework's own template "
        "engine:\n\n"
        "| id | message |\n|---|---|\n" + "".join(stored) + f"\nThe row with id 0 is not stored: each request adds "
        f"`(0, {dataset.ADDED_FORTUNE!r})`\nbefore it sorts. All other markup is free. What a browser would show is "
        "compared, so `&#39;` and `'` are the same.\n"
    )


def _refused(endpoint: Endpoint) -> str:
    told = []
    if endpoint in MALFORMED:
        targets = ", ".join(f"`/{endpoint.value}{query}`" for query in MALFORMED[endpoint])
        told.append(f"400 or 422: {targets}.")
    if endpoint is Endpoint.DB:
        told.append(f"404: {', '.join(f'`/db?id={world_id}`' for world_id in NO_SUCH_ROW)}.")
    if endpoint is Endpoint.QUERIES:
        told.append(f"Also more than {dataset.MAX_QUERIES} ids. 404 where any of them has no row.")
    return " ".join(told)


def _refused_rooms() -> str:
    return f"4xx: {', '.join(f'`/chat{query}`' for query in WRONG_ROOMS)}."


def _rows() -> Iterator[str]:
    for each in CHECKS:
        marks = [
            *(["lengthy"] if each.lengthy else []),
            *(["alone"] if each.alone else []),
            *([f"may differ: `{each.key}`"] if each.may_deviate else []),
        ]
        place = f"`/{each.endpoint.value}`" if each.endpoint else "all"
        yield f"| {place} | {each.name} | {each.expected} | {', '.join(marks)} |\n"
    yield f"| all | {routes.CHECK} | {routes.EXPECTED} | on a server of its own |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
