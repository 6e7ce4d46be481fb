"""What Bottle brings, each part in use; of other parts, what the documentation imports for them.

It is not measured, and runs with nothing installed but Bottle.
"""

import os

from bottle import Bottle, request, response, run

app = Bottle()
KEY = os.urandom(16)


@app.get("/hello")
def hello() -> str:
    response.content_type = "text/plain"
    return "Hello, World!"


@app.get("/session")
def shown() -> str:
    """Bottle has no sessions; signed cookies are what its tutorial remembers a visitor by."""
    return f"<output>{request.get_cookie('secret', '', secret=KEY)}</output>"


@app.post("/session")
def kept() -> str:
    response.set_cookie("secret", request.forms["secret"], secret=KEY)
    return "kept"


if __name__ == "__main__":
    run(app, host=os.environ["HOST"], port=int(os.environ["PORT"]))
