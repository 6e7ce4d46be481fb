"""The application factory."""

import os

from flask import Flask, Response

from database import open_pool
from views import contract


def create_app() -> Flask:
    """Make the app as the environment describes it, with its database pool open."""
    app = Flask(__name__)
    app.extensions["database"] = open_pool(os.environ.get("DATABASE_URL"))
    for number in range(int(os.environ.get("EXTRA_ROUTES", "0"))):
        add_extra_route(app, number)
    app.register_blueprint(contract)
    return app


def add_extra_route(app: Flask, number: int) -> None:
    """A route beside the contract's own, to see what a long routing table costs."""

    @app.get(f"/extra/{number}", endpoint=f"extra_{number}")
    def extra() -> Response:
        return Response(f"extra {number}", mimetype="text/plain")
