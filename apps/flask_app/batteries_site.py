"""What Flask's own distribution brings, each part in use; of other parts, what the documentation imports for them.

It is not measured, and runs with nothing installed but Flask and what that requires.
"""

import os

from flask import Flask, request, session

ELSEWHERE = {"orm": "flask_sqlalchemy", "forms": "wtforms"}

app = Flask(__name__)
app.secret_key = os.urandom(16)


@app.get("/hello")
def hello() -> tuple[str, dict[str, str]]:
    return "Hello, World!", {"Content-Type": "text/plain"}


@app.route("/session", methods=["GET", "POST"])
def secret() -> str:
    if request.method == "POST":
        session["secret"] = request.form["secret"]
    return f"<output>{session.get('secret', '')}</output>"


if __name__ == "__main__":
    app.run(os.environ["HOST"], int(os.environ["PORT"]))
