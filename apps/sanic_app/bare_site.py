"""The guide's first app with one form, and nothing that the guide does not do.

It is not measured: it shows what Sanic does by itself with a form that another site sends.
"""

from sanic import HTTPResponse, Request, Sanic, html, text

app = Sanic("bare_site")
amounts: list[int] = []


@app.get("/hello")
async def hello(request: Request) -> HTTPResponse:
    return text("Hello, World!")


@app.get("/transfers")
async def page(request: Request) -> HTTPResponse:
    return html(f'<form method="post"><input name="amount"></form><output>{sum(amounts)}</output>')


@app.post("/transfers")
async def transfer(request: Request) -> HTTPResponse:
    amounts.append(int(request.form["amount"][0]))
    return await page(request)
