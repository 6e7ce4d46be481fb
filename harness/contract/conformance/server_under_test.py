"""What every check works with: the server under test, questions with known answers, and two ways to end."""

import json
import random
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Final

from harness.contract import dataset
from harness.contract.answers import EXCHANGES, QUERIES_PER_REQUEST
from harness.contract.conformance.message import Response, WireFault, request
from harness.contract.conformance.raw_connection import Connection
from harness.contract.conformance.right import difference, what_to_mend
from harness.contract.items import MAX_COUNT, MAX_FACTOR
from harness.contract.orders import LINES_UNDER_LOAD, Order, OrderKey, random_order
from harness.contract.strict_json import is_json_of
from harness.model.app import Endpoint
from harness.model.conformance import ProcessAtWork, Target
from harness.model.errors import BenchError

StatementCounter = Callable[[], int | None]
"""How many SELECT statements PostgreSQL has executed so far, for all clients; None where it can't tell."""

ConnectionCounter = Callable[[], int | None]
"""How many connections to PostgreSQL clients have opened so far, a look opening none; None where it can't tell."""

Activity = Callable[[], Mapping[str, str] | None]
"""When the newest statement of each connection to PostgreSQL began, by its backend; None where that is not told."""

Hold = Callable[[], AbstractContextManager[bool]]
"""While it lasts, statements on the tables of the data set wait; yields whether they do."""

Change = Callable[[str], bool]
"""Executes a statement that changes rows of the data set; false, and nothing, where they are not to be changed."""

Workforce = Callable[[], Sequence[ProcessAtWork] | None]
"""The server's processes that hold a connection at this moment; None where its processes can't be seen."""

Ending = Callable[[], str | None]
"""How the server has ended, such as `it ended by itself (exit code 7)`; None while it runs."""

Refusal = Callable[[BaseException], BenchError | None]
"""What the host's refusal of something means, of files or memory, say; None for any other exception."""

PATIENCE_S: Final = 5.0
"""How long an answer may take before it counts as missing."""

_PLAIN: Final = (
    Endpoint.DB,
    Endpoint.JSON,
    Endpoint.HELLO,
    Endpoint.QUERIES,
    Endpoint.FORTUNES,
    Endpoint.ITEMS,
)
"""Which endpoint is asked where any will do: first the one whose answers differ from request to request."""

_SEED: Final = 20_240
_NO_ROUTE: Final = frozenset({404, 405})
_ERROR: Final = 500
_PATH_SHOWN: Final = 60


class Wrong(Exception):  # noqa: N818 - a finding about the server, not an error of this program
    """The server does not do what the check expects."""

    def __init__(
        self, found: str, *, hint: str | None = None, refutes: bool = False, answer: Response | None = None
    ) -> None:
        super().__init__(found)
        self.found = found
        self.hint = hint
        """What to change, where it is more than the check's own hint says."""
        self.refutes = refutes
        """As in `CheckResult`."""
        self.answer = answer
        """The answer that is wrong, where it is one."""


class Deviation(Wrong):
    """Such as a framework may do otherwise by itself, where its app's manifest declares so."""


class NotApplicable(Exception):  # noqa: N818 - neither is this one
    """The check can't be made on this server. The text says why."""


@dataclass(frozen=True)
class Question:
    """A request whose right answer is known."""

    endpoint: Endpoint
    path: str
    key: Hashable
    """What `ServerUnderTest.is_right` needs to know which answer is right: the id, the ids, the milliseconds, or count
    and factor."""
    method: str = "GET"
    body: bytes = b""


class ServerUnderTest:
    """The server under test, and how to ask it."""

    def __init__(
        self,
        target: Target,
        endpoints: Collection[Endpoint],
        statements: StatementCounter | None,
        patience_s: float = PATIENCE_S,
        workforce: Workforce | None = None,
    ) -> None:
        self.target = target
        self.endpoints = frozenset(endpoints)
        self.faulty: set[Endpoint] = set()
        """Endpoints that a check of their own has found wrong."""
        self.unanswered: set[Endpoint] = set()
        """Those of them that don't even answer a plain request."""
        self.misanswered: set[Endpoint] = set()
        """Endpoints that have given a wrong answer to what they were asked rightly, whatever the check."""
        self.shown_before: dict[str, object] = {}
        """What the tables showed before the first hostile request, by path; empty where none was made yet."""
        self.closes_alone = False
        """Whether it was found to close connections of a single client, unasked."""
        self.keeps_none = False
        """Whether it was found to close each of them after one answer, though it is said to keep some."""
        self.body_after: str | None = None
        """The request with HEAD, `HEAD /json`, that it was found to answer with a body."""
        self.crowds = self.answers_to_crowd = self.closed_to_crowd = self.unannounced_to_crowd = 0
        """How often many clients asked at once, their right answers, and their connections that it closed meanwhile:
        all of them, and those that it did not announce with the answer before."""
        self.statements = statements
        self.connections: ConnectionCounter | None = None
        self.activity: Activity | None = None
        self.hold: Hold | None = None
        self.change: Change | None = None
        self.workforce = workforce
        self._patience_s = patience_s
        self.random = random.Random(_SEED)  # noqa: S311 - a repeatable choice, no secret
        self._exchanges = {name: kind(target.host, target.port, _SEED) for name, kind in EXCHANGES.items()}

    @contextmanager
    def connect(self, patience_s: float | None = None) -> Iterator[Connection]:
        """A connection of its own, closed at the end."""
        with Connection(self.target, patience_s or self._patience_s) as connection:
            yield connection

    def get(self, path: str, *, method: str = "GET", body: bytes = b"", more_s: float = 0.0) -> Response:
        """The answer to one request on a connection of its own; `more_s` is what it may take beyond the usual."""
        try:
            with self.connect(self._patience_s + more_s) as connection:
                return connection.exchange(request(self.target, path, method=method, body=body))
        except WireFault as fault:
            raise type(fault)(f"{method} {short(path)}: {fault}") from fault

    def answers(self) -> bool:
        """Whether the server still answers anything at all."""
        try:
            self.get("/hello")
        except WireFault:
            return False
        return True

    @property
    def plain_endpoint(self) -> Endpoint:
        """The endpoint to ask where any will do.

        Raises:
            NotApplicable: The app has none that answers at once.
        """
        for endpoint in _PLAIN:
            if endpoint in self.sound:
                return endpoint
        raise NotApplicable("the app has no endpoint that answers at once")

    @property
    def sound(self) -> frozenset[Endpoint]:
        """Those not found wrong yet: checks of the server ask these, so that one mistake fails once.

        Where there is none, those that are wrong in something else than their answers; or else all.
        """
        answering = self.endpoints - self.misanswered - self.unanswered
        return self.endpoints - self.faulty or answering or self.endpoints

    def question(self, endpoint: Endpoint | None = None) -> Question:
        """A request for `endpoint`, or for the plain one, with random ids where it takes any."""
        endpoint = endpoint or self.plain_endpoint
        match endpoint:
            case Endpoint.DB:
                return ask_row(self.random.randint(1, dataset.WORLD_ROWS))
            case Endpoint.QUERIES:
                return ask_rows(self.random.sample(range(1, dataset.WORLD_ROWS + 1), QUERIES_PER_REQUEST))
            case Endpoint.ITEMS:
                return ask_items(self.random.randint(1, MAX_COUNT), self.random.randint(1, MAX_FACTOR))
            case Endpoint.ORDERS:
                return ask_order(random_order(self.random, f"R-{self.random.randint(0, 10**9)}", LINES_UNDER_LOAD))
            case Endpoint.WAIT:
                return ask_wait(1)
            case Endpoint.FEED | Endpoint.CHAT:
                raise NotApplicable(f"a {endpoint.value} has no end")
            case Endpoint.HELLO | Endpoint.JSON | Endpoint.FORTUNES:
                return Question(endpoint, f"/{endpoint.value}", None)

    def request(self, question: Question, *, close: bool = False) -> bytes:
        """The bytes that ask the question."""
        return request(self.target, question.path, method=question.method, body=question.body, close=close)

    def is_right(self, question: Question, body: bytes) -> bool:
        """Whether `body` is the right answer, types included."""
        if question.endpoint is Endpoint.WAIT:
            return is_json_of({"waited": question.key}, body)
        return self._exchanges[question.endpoint].is_right(question.key, body)

    def is_answered(self, question: Question, response: Response) -> bool:
        """Whether this is the right response, by status and body."""
        if response.succeeded:
            return self.is_right(question, response.body)
        exchange = self._exchanges[question.endpoint]
        return response.coding is None and exchange.is_right_otherwise(question.key, response.status, response.body)

    def expect_right(self, question: Question, response: Response) -> None:
        """Raises `Wrong` where the response is no right answer: what was asked, what came, and what belongs there."""
        if not self.is_answered(question, response):
            self.misanswered.add(question.endpoint)
            told = difference(question.endpoint, question.key, response)
            hint = what_to_mend(question.endpoint, question.key, response)
            raise Wrong(f"{question.method} {short(question.path)}: {told}", hint=hint, answer=response)

    def answer(self, question: Question) -> Response:
        """What is answered on a connection of its own."""
        return self.get(question.path, method=question.method, body=question.body)

    def ask(self, question: Question) -> None:
        """Ask on a connection of its own and expect the right answer."""
        self.expect_right(question, self.answer(question))


@dataclass(frozen=True)
class Check:
    """One row of the table of checks."""

    name: str
    endpoint: Endpoint | None
    """The check runs where the app has this endpoint; None for any app."""
    expected: str
    """What the contract asks for, in one sentence."""
    hint: str
    """What to change in an app that fails, where the check knows nothing better."""
    run: Callable[[ServerUnderTest], str]
    """Returns the evidence in a few words; raises `Wrong`, `NotApplicable` or `WireFault`."""
    may_deviate: bool = False
    """Whether a framework may do otherwise by itself: nothing that is measured, nor what is asked of its safety. It
    goes through all that it asks, and raises `Deviation` where all that it finds is of that kind."""
    plain: bool = False
    """Whether it asks of its endpoint no more than an answer: where it fails, no other check of that is made."""
    lengthy: bool = False
    """Whether it takes its time by its nature, so that a run leaves it to `bench verify`."""
    alone: bool = False
    """Whether it counts what requests to other servers add to, so that a run makes it of one server after another."""

    @property
    def key(self) -> str:
        """Its name as a manifest writes it: `unknown-path`."""
        return self.name.casefold().replace(" ", "-")


def ask_row(world_id: int) -> Question:
    """`GET /db` for one id."""
    return Question(Endpoint.DB, f"/db?id={world_id}", world_id)


def ask_rows(ids: Sequence[int]) -> Question:
    """`GET /queries` for a list of ids."""
    return Question(Endpoint.QUERIES, "/queries?ids=" + ",".join(map(str, ids)), tuple(ids))


def ask_items(count: int, factor: int) -> Question:
    """`GET /items` for so many items."""
    return Question(Endpoint.ITEMS, f"/items?count={count}&factor={factor}", (count, factor))


def ask_order(order: Order, *, wrong_field: str | None = None) -> Question:
    """`POST /orders` with this order, one field of which may be wrong."""
    key = OrderKey("", 0, 0, wrong_field) if wrong_field else OrderKey.of(order)
    return Question(Endpoint.ORDERS, "/orders", key, "POST", json.dumps(order).encode())


def ask_wait(wait_ms: int) -> Question:
    """`GET /wait` for so many milliseconds."""
    return Question(Endpoint.WAIT, f"/wait?ms={wait_ms}", wait_ms)


def route_hint(what: str, status: int | None = None) -> str:
    """What to do about an endpoint that fails its plain request, with this status where that is known."""
    route = (
        f"route {what}, or take it out of `endpoints` in the manifest (docs/add-a-framework.md#what-is-not-declared)"
    )
    if status in _NO_ROUTE:
        return route
    if status is not None and status >= _ERROR:
        return "read the app's log for the error"
    return f"where it is not found, {route}; read the app's log for the error behind another status"


def short(path: str) -> str:
    """The start of a request target, for a reader."""
    return path if len(path) <= _PATH_SHOWN else f"{path[:_PATH_SHOWN]}..."
