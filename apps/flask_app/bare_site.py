"""The quickstart's app with one form, and nothing that the quickstart does not do.

It is not measured: it shows what Flask does by itself with a form that another site sends.
"""

from flask import Flask, request

app = Flask(__name__)
amounts: list[int] = []


@app.get("/hello")
def hello() -> tuple[str, dict[str, str]]:
    return "Hello, World!", {"Content-Type": "text/plain"}


@app.route("/transfers", methods=["GET", "POST"])
def transfer() -> str:
    if request.method == "POST":
        amounts.append(int(request.form["amount"]))
    return f'<form method="post"><input name="amount"></form><output>{sum(amounts)}</output>'
