"""The right app behind what refuses, limits or shuts out clients, each in its own way."""

import asyncio
import re
from urllib.parse import unquote_plus

from reference import Answer, App, Refused, Request

SUSPICIOUS = re.compile(r"['\"<;(${]|--|\bOR\b")


class Firewall(App):
    """Refuses what looks like an attack, before the app sees it."""

    status = 403

    async def answer(self, request: Request) -> Answer:
        self.see_to(request)
        return await super().answer(request)

    async def feed(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.see_to(request)
        await super().feed(request, writer)

    def see_to(self, request: Request) -> None:
        if SUSPICIOUS.search(unquote_plus(request.query, errors="replace")):
            self.refuse(request)

    def refuse(self, _request: Request) -> None:
        raise Refused(Answer(b"not this way", status=self.status))


class TeapotFirewall(Firewall):
    """Refuses with a status that no framework has for a value."""

    status = 418


class ShutsOut(Firewall):
    """Answers nobody any more who tried three times."""

    status = 429

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.tried = 0

    def see_to(self, request: Request) -> None:
        if SUSPICIOUS.search(unquote_plus(request.query, errors="replace")):
            self.tried += 1
        if self.tried > 3:
            self.refuse(request)


class ShutsOutAsUnavailable(ShutsOut):
    """As nginx's limit_req does unless told otherwise."""

    status = 503


class ShutsOutAsForbidden(ShutsOut):
    status = 403


class RedirectingFirewall(Firewall):
    """Sends the visitor elsewhere."""

    def refuse(self, _request: Request) -> None:
        raise Refused(Answer(status=302, headers={"Location": "/blocked"}))


class FriendlyFirewall(Firewall):
    """Has a page for it, with the status of success."""

    def refuse(self, _request: Request) -> None:
        raise Refused(Answer(b"<p>Are you 1 human?</p>", "text/html; charset=utf-8"))


class SilentFirewall(Firewall):
    """Closes the connection without a word."""

    def write(self, writer: asyncio.StreamWriter, request: Request, answer: Answer) -> None:
        if answer.status == self.status:
            writer.close()
        else:
            super().write(writer, request, answer)


class UnavailableForAttacks(Firewall):
    """Fails on what looks like an attack, and on nothing else."""

    status = 503


class FewPages(App):
    """Shows the page three times."""

    shown = 0

    async def fortunes(self, request: Request) -> Answer:
        self.shown += 1
        if self.shown > 3:
            return Answer(b"too many requests", status=429)
        return await super().fortunes(request)
