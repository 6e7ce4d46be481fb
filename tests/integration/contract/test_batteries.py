"""The probes for what a framework brings, on sites of which that is known: they can tell, both ways."""

import json
import secrets
from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest

from harness.contract import batteries
from harness.contract.batteries import KEEPER, PASSWORD, VISITOR, PartUsed
from harness.contract.validation import probe_validation
from harness.model.conformance import Target
from tests.integration.contract.site_in_a_thread import Answer, Asked, served

Part = Callable[[Target], PartUsed]

PARTS: tuple[Part, ...] = (
    batteries.templates,
    batteries.sessions,
    batteries.forms,
    batteries.orm,
    batteries.migrations,
    batteries.admin,
    batteries.authentication,
)
FORM = '<form><input name="quantity" value="{}"></form>{}'


class Everything:
    """It has each part, and each works. Each visitor's session is a dictionary."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, str]] = {}
        self.notes: list[str] = []
        self.columns = ["id", "text"]

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/notes":
            return self.note(dict(parse_qsl(asked.query)), dict(parse_qsl(asked.body)))
        key = asked.cookies.get("session") or secrets.token_hex(8)
        page = getattr(self, asked.path.strip("/").replace("/", "_") or "nothing", self.nothing)
        answer = page(dict(parse_qsl(asked.query)), dict(parse_qsl(asked.body)), self.sessions.setdefault(key, {}))
        return answer._replace(cookie="" if "session" in asked.cookies else key)

    def note(self, query: dict[str, str], form: dict[str, str]) -> Answer:
        self.notes += form.values()
        return output(" ".join(note for note in self.notes if note == query.get("text")))

    def nothing(self, *_: dict[str, str]) -> Answer:
        return Answer("", 404)

    def templates(self, query: dict[str, str], *_: dict[str, str]) -> Answer:
        return output(f"Hello, {query['name']}!")

    def session(self, _: dict[str, str], form: dict[str, str], session: dict[str, str]) -> Answer:
        session |= form
        return output(session.get("secret", ""))

    def form(self, _: dict[str, str], form: dict[str, str], __: dict[str, str]) -> Answer:
        if form.get("quantity", "").isdecimal():
            return output(form["quantity"])
        return Answer(FORM.format(form.get("quantity", ""), "a number, please" if form else ""))

    def migrations(self, _: dict[str, str], form: dict[str, str], __: dict[str, str]) -> Answer:
        self.columns += form.values()
        return output(" ".join(self.columns))

    def login(self, _: dict[str, str], form: dict[str, str], session: dict[str, str]) -> Answer:
        if form.get("password") == PASSWORD:
            session["user"] = form["username"]
        return Answer()

    def logout(self, _: dict[str, str], __: dict[str, str], session: dict[str, str]) -> Answer:
        session.pop("user", None)
        return Answer()

    def private(self, _: dict[str, str], __: dict[str, str], session: dict[str, str]) -> Answer:
        return output(session["user"]) if session.get("user") == VISITOR else Answer("", 403)

    def admin(self, _: dict[str, str], __: dict[str, str], session: dict[str, str]) -> Answer:
        keeper = session.get("user") == KEEPER
        return Answer('<a href="/admin/note/add/">add</a>') if keeper else Answer("", 403)

    admin_login = login

    def admin_note_add(self, _: dict[str, str], form: dict[str, str], session: dict[str, str]) -> Answer:
        if session.get("user") == KEEPER:
            self.notes += form.values()
        return Answer()

    def admin_note(self, _: dict[str, str], __: dict[str, str], session: dict[str, str]) -> Answer:
        return Answer(" ".join(self.notes)) if session.get("user") == KEEPER else Answer("", 403)


class FillsNothingIn(Everything):
    def templates(self, *_: dict[str, str]) -> Answer:
        return output("Hello, {{ name }}!")


class OneSessionForAll(Everything):
    def session(self, _: dict[str, str], form: dict[str, str], __: dict[str, str]) -> Answer:
        return super().session(_, form, self.sessions.setdefault("", {}))


class TakesAnyForm(Everything):
    def form(self, _: dict[str, str], form: dict[str, str], __: dict[str, str]) -> Answer:
        return output(form["quantity"]) if form else Answer(FORM.format("", ""))


class FindsAnyNote(Everything):
    def note(self, query: dict[str, str], form: dict[str, str]) -> Answer:
        return output(query.get("text", form))


class NeverMigrates(Everything):
    def migrations(self, *_: dict[str, str]) -> Answer:
        return output(" ".join(self.columns))


class AdminForAll(Everything):
    def admin_note(self, *_: dict[str, str]) -> Answer:
        return Answer(" ".join(self.notes))


class AdminOfNothing(Everything):
    def admin_note_add(self, *_: dict[str, str]) -> Answer:
        return Answer()


class AnyPassword(Everything):
    def login(self, _: dict[str, str], form: dict[str, str], session: dict[str, str]) -> Answer:
        session["user"] = form.get("username", "")
        return Answer()


class OpenToAll(Everything):
    def private(self, *_: dict[str, str]) -> Answer:
        return output(VISITOR)


class NoWayOut(Everything):
    def logout(self, *_: dict[str, str]) -> Answer:
        return Answer()


class NoWayIn(Everything):
    def login(self, *_: dict[str, str]) -> Answer:
        return Answer()


class Nothing:
    def __init__(self, status: int = 404) -> None:
        self.status = status

    def answer(self, _: Asked) -> Answer:
        return Answer("No module named 'it'" if self.status == 501 else "", self.status)


def test_what_works_is_found_to_work() -> None:
    with served(Everything()) as target:
        assert {part.__name__: batteries.use(part, target).works for part in PARTS} == {
            part.__name__: True for part in PARTS
        }


@pytest.mark.parametrize(
    ("site", "part", "expected", "words"),
    [
        (FillsNothingIn, batteries.templates, False, "not come to a template"),
        (OneSessionForAll, batteries.sessions, False, "for that visitor"),
        (TakesAnyForm, batteries.forms, False, "not come to a form"),
        (FindsAnyNote, batteries.orm, False, "not come to a note"),
        (NeverMigrates, batteries.migrations, False, "not come to a table"),
        (AdminForAll, batteries.admin, False, "not come to a note"),
        (AdminOfNothing, batteries.admin, False, "not come to a note"),
        (AnyPassword, batteries.authentication, False, "who gives a wrong password"),
        (OpenToAll, batteries.authentication, False, "who has not logged in"),
        (NoWayOut, batteries.authentication, False, "who has logged out"),
        (NoWayIn, batteries.authentication, None, "not even the right password"),
    ],
)
def test_what_does_not_work_is_found_out(site: type[Everything], part: Part, expected: object, words: str) -> None:
    with served(site()) as target:
        found = batteries.use(part, target)
    assert (found.works, found.offered) == (expected, True)
    assert words in found.found


@pytest.mark.parametrize(("status", "words"), [(404, "nothing of the kind"), (501, "No module named 'it'")])
def test_what_is_not_there_is_not_offered(status: int, words: str) -> None:
    with served(Nothing(status)) as target:
        found = [batteries.use(part, target) for part in PARTS]
        validation = probe_validation(target)
    assert {(each.works, each.offered) for each in found} == {(False, False)}
    assert all(words in each.found for each in (*found, validation))
    assert not validation.offered


class Validating:
    """Takes JSON with a number; what it says to other bodies is for the test to choose."""

    def __init__(self, status: int, body: str) -> None:
        self.otherwise = Answer(body, status)

    def answer(self, asked: Asked) -> Answer:
        if asked.method == "GET":
            return Answer("", 405)
        try:
            quantity = int(json.loads(asked.body)["quantity"])
        except (ValueError, KeyError):
            return self.otherwise
        return output(quantity)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (422, '{"quantity": "a number, please"}', (True, True)),
        (200, "quantity: a number, please", (True, False)),
        (400, "Bad Request", (False, True)),
        (500, "quantity", (False, False)),
        (200, "<output>None</output>", (False, False)),
    ],
)
def test_a_body_that_is_not_as_declared_has_to_be_refused_and_its_field_named(
    status: int, body: str, expected: tuple[bool, bool]
) -> None:
    with served(Validating(status, body)) as target:
        found = probe_validation(target)
    assert (found.refused, found.answered_4xx) == expected


def test_a_site_that_takes_nothing_validates_nothing() -> None:
    with served(Nothing(400)) as target:
        found = probe_validation(target)
    assert (found.refused, found.answered_4xx, found.offered) == (None, None, True)


def output(text: object) -> Answer:
    return Answer(f"<output>{text}</output>")
