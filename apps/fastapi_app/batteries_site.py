"""What FastAPI's own distribution brings, each part in use; of other parts, what the documentation imports for them.

It is not measured, and runs with nothing installed but FastAPI, what that requires, and uvicorn, since it brings no
server.
"""

import importlib
import os
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Form
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel

app = FastAPI()

ELSEWHERE = {"templates": "fastapi.templating", "session": "starlette.middleware.sessions", "notes": "sqlmodel"}


class Order(BaseModel):
    quantity: int


@app.get("/hello", response_class=PlainTextResponse)
async def hello() -> str:
    return "Hello, World!"


@app.post("/validation", response_class=HTMLResponse)
async def validation(order: Order) -> str:
    return f"<output>{order.quantity}</output>"


def add_form() -> None:
    async def form(order: Annotated[Order, Form()]) -> str:
        return f"<output>{order.quantity}</output>"

    app.post("/form", response_class=HTMLResponse)(form)


def add_login() -> None:
    """As the tutorial logs in; it then compares with a password of the app's own."""

    async def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
        return {"access_token": form.username, "token_type": "bearer"}

    app.post("/login")(login)


@app.api_route("/{part}", methods=["GET", "POST"], response_class=PlainTextResponse)
async def elsewhere(part: str) -> PlainTextResponse:
    try:
        match part:
            case "form":
                add_form()
            case "login":
                add_login()
            case _ if part in ELSEWHERE:
                importlib.import_module(ELSEWHERE[part])
            case _:
                return PlainTextResponse("", 404)
    except (ImportError, RuntimeError) as error:
        return PlainTextResponse(str(error), 501)
    return PlainTextResponse("")


if __name__ == "__main__":
    uvicorn.run(app, host=os.environ["HOST"], port=int(os.environ["PORT"]))
