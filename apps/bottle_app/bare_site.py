"""The tutorial's app with one form, and nothing that the tutorial does not do.

It is not measured: it shows what Bottle does by itself with a form that another site sends.
"""

from bottle import Bottle, request, response

app = Bottle()
amounts: list[int] = []


@app.get("/hello")
def hello() -> str:
    response.content_type = "text/plain"
    return "Hello, World!"


@app.get("/transfers")
def page() -> str:
    return f'<form method="post"><input name="amount"></form><output>{sum(amounts)}</output>'


@app.post("/transfers")
def transfer() -> str:
    amounts.append(int(request.forms["amount"]))
    return page()
