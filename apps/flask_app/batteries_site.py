"""What Flask's own distribution brings, each part in use; of other parts, what the documentation imports for them.

It is not measured, and runs with nothing installed but Flask and what that requires.
"""

import importlib
import os

from flask import Flask, redirect, render_template_string, request, session
from werkzeug.wrappers import Response

ELSEWHERE = {"notes": "flask_sqlalchemy", "form": "wtforms"}

app = Flask(__name__)
app.secret_key = os.urandom(16)


@app.get("/hello")
def hello() -> tuple[str, dict[str, str]]:
    return "Hello, World!", {"Content-Type": "text/plain"}


@app.get("/templates")
def templates() -> str:
    return render_template_string("<output>Hello, {{ name }}!</output>", name=request.args["name"])


@app.route("/session", methods=["GET", "POST"])
def secret() -> str:
    if request.method == "POST":
        session["secret"] = request.form["secret"]
    return f"<output>{session.get('secret', '')}</output>"


@app.route("/validation", methods=["GET", "POST"])
def validation() -> str:
    """The conversion that the request's own fields offer."""
    if request.method == "POST":
        return f"<output>{request.form.get('quantity', type=int)}</output>"
    return ""


@app.post("/login")
def login() -> Response:
    """As the quickstart's example of sessions logs in; what a password is, is for the app to say."""
    session["username"] = request.form["username"]
    return redirect("/private")


@app.post("/logout")
def logout() -> Response:
    session.pop("username", None)
    return redirect("/private")


@app.get("/private")
def private() -> str:
    return f"<output>{session['username']}</output>" if "username" in session else "You are not logged in"


@app.route("/<part>", methods=["GET", "POST"])
def elsewhere(part: str) -> tuple[str, int]:
    if part not in ELSEWHERE:
        return "", 404
    try:
        importlib.import_module(ELSEWHERE[part])
    except ImportError as error:
        return str(error), 501
    return "", 200


if __name__ == "__main__":
    app.run(os.environ["HOST"], int(os.environ["PORT"]))
