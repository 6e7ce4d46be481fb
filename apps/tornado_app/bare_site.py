"""The guide's first app with one form, and nothing that the guide does not do.

It is not measured: it shows what Tornado does by itself with a form that another site sends.
"""

import asyncio
import os
from typing import ClassVar

from tornado.web import Application, RequestHandler


class Hello(RequestHandler):
    def get(self) -> None:
        self.set_header("Content-Type", "text/plain")
        self.write("Hello, World!")


class Transfers(RequestHandler):
    amounts: ClassVar[list[int]] = []

    def get(self) -> None:
        self.write(f'<form method="post"><input name="amount"></form><output>{sum(self.amounts)}</output>')

    def post(self) -> None:
        self.amounts.append(int(self.get_body_argument("amount")))
        self.get()


async def main() -> None:
    app = Application([("/hello", Hello), ("/transfers", Transfers)])
    app.listen(int(os.environ["PORT"]), os.environ["HOST"])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
