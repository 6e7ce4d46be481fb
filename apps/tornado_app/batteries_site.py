"""What Tornado's own distribution brings, each part in use; of other parts, what the documentation imports for them.

It is not measured, and runs with nothing installed but Tornado.
"""

import asyncio
import os

from tornado.web import Application, RequestHandler


class Hello(RequestHandler):
    def get(self) -> None:
        self.set_header("Content-Type", "text/plain")
        self.write("Hello, World!")


class Secret(RequestHandler):
    """Tornado has no sessions; signed cookies are what its guide remembers a visitor by."""

    def get(self) -> None:
        self.write(f"<output>{(self.get_signed_cookie('secret') or b'').decode()}</output>")

    def post(self) -> None:
        self.set_signed_cookie("secret", self.get_body_argument("secret"))


async def main() -> None:
    app = Application([("/hello", Hello), ("/session", Secret)], cookie_secret=os.urandom(16).hex())
    app.listen(int(os.environ["PORT"]), os.environ["HOST"])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
