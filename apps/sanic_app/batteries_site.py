"""What Sanic's own distribution brings, each part in use; of other parts, what the documentation imports for them.

It is not measured, and runs with nothing installed but Sanic and what that requires.
"""

import os

from sanic import HTTPResponse, Request, Sanic, text

app = Sanic("batteries_site")


@app.get("/hello")
async def hello(request: Request) -> HTTPResponse:
    return text("Hello, World!")


if __name__ == "__main__":
    app.run(os.environ["HOST"], int(os.environ["PORT"]), single_process=True)
