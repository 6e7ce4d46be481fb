"""What Tornado's own distribution brings, each part in use.

It is not measured, and runs with nothing installed but Tornado.
"""

import asyncio
import os

from tornado.template import Template
from tornado.web import Application, RequestHandler, authenticated


class Hello(RequestHandler):
    def get(self) -> None:
        self.set_header("Content-Type", "text/plain")
        self.write("Hello, World!")


class Templates(RequestHandler):
    def get(self) -> None:
        self.write(Template("<output>Hello, {{ name }}!</output>").generate(name=self.get_query_argument("name")))


class Secret(RequestHandler):
    """What the guide remembers a visitor by."""

    def get(self) -> None:
        self.write(f"<output>{(self.get_signed_cookie('secret') or b'').decode()}</output>")

    def post(self) -> None:
        self.set_signed_cookie("secret", self.get_body_argument("secret"))


class Validation(RequestHandler):
    def post(self) -> None:
        """The accessor that the handler offers."""
        self.write(f"<output>{self.get_body_argument('quantity')}</output>")


class Login(RequestHandler):
    def post(self) -> None:
        """As the guide's example logs in; what a password is, is for the app to say."""
        self.set_signed_cookie("user", self.get_body_argument("username"))


class Logout(RequestHandler):
    def post(self) -> None:
        self.clear_cookie("user")


class Private(RequestHandler):
    def get_current_user(self) -> str | None:
        user = self.get_signed_cookie("user")
        return user.decode() if user else None

    @authenticated
    def get(self) -> None:
        self.write(f"<output>{self.current_user}</output>")


async def main() -> None:
    app = Application(
        [
            ("/hello", Hello),
            ("/templates", Templates),
            ("/signed-cookie", Secret),
            ("/validation", Validation),
            ("/login", Login),
            ("/logout", Logout),
            ("/private", Private),
        ],
        cookie_secret=os.urandom(16).hex(),
        login_url="/login",
    )
    app.listen(int(os.environ["PORT"]), os.environ["HOST"])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
