"""The tutorial's app with one form, and nothing that the tutorial does not do.

It is not measured: it shows what FastAPI does by itself with a form that another site sends.
"""

from typing import Annotated

from fastapi import FastAPI, Form
from fastapi.responses import HTMLResponse, PlainTextResponse

app = FastAPI()
amounts: list[int] = []


@app.get("/hello", response_class=PlainTextResponse)
async def hello() -> str:
    return "Hello, World!"


@app.get("/transfers", response_class=HTMLResponse)
async def page() -> str:
    return f'<form method="post"><input name="amount"></form><output>{sum(amounts)}</output>'


@app.post("/transfers", response_class=HTMLResponse)
async def transfer(amount: Annotated[int, Form()]) -> str:
    amounts.append(amount)
    return await page()
