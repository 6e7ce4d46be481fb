"""What Sanic's own distribution brings; of other parts, what the guide imports for them.

It is not measured, and runs with nothing installed but Sanic and what that requires.
"""

import importlib
import os

from sanic import HTTPResponse, Request, Sanic, text

ELSEWHERE = {"templates": "sanic_ext", "validation": "sanic_ext", "notes": "sqlalchemy", "login": "jwt"}

app = Sanic("batteries_site")


@app.get("/hello")
async def hello(request: Request) -> HTTPResponse:
    return text("Hello, World!")


@app.route("/<part>", methods=["GET", "POST"])
async def elsewhere(request: Request, part: str) -> HTTPResponse:
    if part not in ELSEWHERE:
        return text("", 404)
    try:
        importlib.import_module(ELSEWHERE[part])
    except ImportError as error:
        return text(str(error), 501)
    return text("")


if __name__ == "__main__":
    app.run(os.environ["HOST"], int(os.environ["PORT"]), single_process=True)
