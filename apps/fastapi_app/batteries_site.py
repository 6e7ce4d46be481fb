"""What FastAPI's own distribution brings, each part in use; of other parts, what the documentation imports for them.

It is not measured, and runs with nothing installed but FastAPI, what that requires, and uvicorn, since it brings no
server.
"""

import importlib
import os

import uvicorn
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

app = FastAPI()

ELSEWHERE = {"session": "starlette.middleware.sessions"}


@app.get("/hello", response_class=PlainTextResponse)
async def hello() -> str:
    return "Hello, World!"


@app.api_route("/{part}", methods=["GET", "POST"], response_class=PlainTextResponse)
async def elsewhere(part: str) -> PlainTextResponse:
    if part not in ELSEWHERE:
        return PlainTextResponse("", 404)
    try:
        importlib.import_module(ELSEWHERE[part])
    except ImportError as error:
        return PlainTextResponse(str(error), 501)
    return PlainTextResponse("")


if __name__ == "__main__":
    uvicorn.run(app, host=os.environ["HOST"], port=int(os.environ["PORT"]))
