"""What Bottle brings, each part in use; of other parts, what the documentation imports for them.

It is not measured, and runs with nothing installed but Bottle.
"""

import importlib
import os

from bottle import Bottle, HTTPResponse, request, response, run, template

ELSEWHERE = {"session": "beaker.middleware", "notes": "bottle_sqlite"}
KEY = os.urandom(16)

app = Bottle()


@app.get("/hello")
def hello() -> str:
    response.content_type = "text/plain"
    return "Hello, World!"


@app.get("/templates")
def templates() -> str:
    return str(template("<output>Hello, {{name}}!</output>", name=request.query["name"]))


@app.get("/signed-cookie")
def shown() -> str:
    """What the tutorial remembers a visitor by."""
    return f"<output>{request.get_cookie('secret', '', secret=KEY)}</output>"


@app.post("/signed-cookie")
def kept() -> str:
    response.set_cookie("secret", request.forms["secret"], secret=KEY)
    return "kept"


@app.post("/validation")
def validation() -> str:
    """The conversion that the request's own fields offer."""
    return f"<output>{request.forms.get('quantity', type=int)}</output>"


@app.route("/<part>", method=["GET", "POST"])
def elsewhere(part: str) -> HTTPResponse:
    if part not in ELSEWHERE:
        return HTTPResponse("", 404)
    try:
        importlib.import_module(ELSEWHERE[part])
    except ImportError as error:
        return HTTPResponse(str(error), 501)
    return HTTPResponse("")


if __name__ == "__main__":
    run(app, host=os.environ["HOST"], port=int(os.environ["PORT"]))
