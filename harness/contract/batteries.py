"""The probes for what a framework brings by itself: each part is used on a site with nothing else installed.

What the site says of itself counts for nothing. It is used as a visitor would: what was put in has to come out again,
where it should, and nowhere else. A site that has not a part answers 404; one whose documentation has an import for it
that fails answers 501 and the error.
"""

import re
import secrets
from collections.abc import Callable
from typing import Final

from harness.contract.conformance.message import Response, WireFault
from harness.contract.session_secrecy import PATH as SESSION_PATH
from harness.contract.session_secrecy import is_missing, said, why_not_offered
from harness.contract.visitor import Visitor
from harness.model.base import Contract
from harness.model.conformance import Target

VISITOR: Final = "visitor"
"""Whom a site knows."""
PASSWORD: Final = "open-sesame-4711"  # noqa: S105 - of sites that last seconds
KEEPER: Final = "keeper"
"""Who may use a site's admin, by the same password."""

_OK: Final = 200
_ADD: Final = re.compile(rb'href="([^"]+/add/)"')
_HELLO: Final = "Hello, {}!"


class PartUsed(Contract):
    """What became of using a part."""

    works: bool | None
    """None where that can't be told."""
    offered: bool = True
    """False where the framework's own distribution has not got it, or leaves it to the app."""
    found: str


def use(part: Callable[[Target], PartUsed], target: Target) -> PartUsed:
    """Use a part of a site."""
    try:
        return part(target)
    except WireFault as fault:
        return PartUsed(works=None, found=f"the site did not answer: {fault}")


def templates(target: Target) -> PartUsed:
    """A page is made of a template and a name."""
    name = _token()
    page = Visitor(target).get(f"/templates?name={name}")
    if is_missing(page):
        return _not_offered(page)
    return _told(said(page) == _HELLO.format(name), "a template with a name filled in", page)


def sessions(target: Target) -> PartUsed:
    """What a visitor puts in is there in the next request, and no other visitor sees it."""
    text, visitor = _token(), Visitor(target)
    answer = visitor.submit(SESSION_PATH, {"secret": text})
    if is_missing(answer):
        return _not_offered(answer)
    again, elsewhere = visitor.get(SESSION_PATH), Visitor(target).get(SESSION_PATH)
    return _told(said(again) == text != said(elsewhere), "what a visitor put into a session, for that visitor", again)


def forms(target: Target) -> PartUsed:
    """A form is drawn, takes what is right, and is shown again with what was wrong."""
    page = Visitor(target).get("/form")
    if is_missing(page):
        return _not_offered(page)
    right = Visitor(target).submit("/form", {"quantity": "7"})
    wrong = Visitor(target).submit("/form", {"quantity": "many"})
    works = b'name="quantity"' in page.body and said(right) == "7" and b'value="many"' in wrong.body
    return _told(works and not said(wrong), "a form drawn, taken, and shown again with what was wrong", page)


def orm(target: Target) -> PartUsed:
    """A note is kept and found by its text."""
    text, visitor = _token(), Visitor(target)
    answer = visitor.submit("/notes", {"text": text})
    if is_missing(answer):
        return _not_offered(answer)
    there, not_there = visitor.get(f"/notes?text={text}"), visitor.get(f"/notes?text={_token()}")
    return _told(said(there) == text and not said(not_there), "a note kept and found again", there)


def migrations(target: Target) -> PartUsed:
    """A column that a table has not is in it after a migration."""
    column, visitor = f"c{_token()}", Visitor(target)
    before = visitor.get("/migrations")
    if is_missing(before):
        return _not_offered(before)
    answer = visitor.submit("/migrations", {"column": column})
    after = said(visitor.get("/migrations")).split()
    return _told(column not in said(before).split() and column in after, "a table with a column more", answer)


def admin(target: Target) -> PartUsed:
    """Strangers are kept out; the keeper adds a note by the pages that the admin made, and sees it."""
    text, keeper = _token(), Visitor(target)
    if is_missing(outside := keeper.get("/admin")):
        return _not_offered(outside)
    keeper.submit("/admin/login/?next=/admin/", {"username": KEEPER, "password": PASSWORD})
    inside = keeper.get("/admin/")
    links = [link.decode() for link in _ADD.findall(inside.body) if b"note" in link]
    if _ADD.search(Visitor(target).get("/admin/").body) or not links:
        return _told(works=False, what="pages for notes, for who may see them", answer=inside)
    keeper.submit(links[0], {"text": text})
    listed, stranger = (each.get(links[0].removesuffix("add/")) for each in (keeper, Visitor(target)))
    works = text.encode() in listed.body and text.encode() not in stranger.body
    return _told(works, "a note added by its own pages", listed)


def authentication(target: Target) -> PartUsed:
    """Only the right password lets a visitor in, until that visitor leaves."""
    visitor, stranger = Visitor(target), Visitor(target)
    answer = visitor.submit("/login", {"username": VISITOR, "password": PASSWORD})
    if is_missing(answer):
        return _not_offered(answer)
    private = visitor.get("/private")
    if said(private) != VISITOR:
        return PartUsed(works=None, found=f"not even the right password lets a visitor in: {private}")
    if said(Visitor(target).get("/private")):
        return PartUsed(works=False, found="it lets in who has not logged in")
    stranger.submit("/login", {"username": VISITOR, "password": _token()})
    if said(stranger.get("/private")):
        return PartUsed(works=False, found="it lets in who gives a wrong password: to check it is left to the app")
    visitor.submit("/logout", {}, on="/private")
    if said(visitor.get("/private")):
        return PartUsed(works=False, found="who has logged out is still let in")
    return PartUsed(works=True, found="the right password lets in, a wrong one does not, and logging out ends it")


def _told(works: bool, what: str, answer: Response) -> PartUsed:  # noqa: FBT001 - the first of all
    return PartUsed(works=works, found=what if works else f"it does not come to {what}: {answer}")


def _not_offered(answer: Response) -> PartUsed:
    return PartUsed(works=False, offered=False, found=why_not_offered(answer))


def _token() -> str:
    return secrets.token_hex(8)
