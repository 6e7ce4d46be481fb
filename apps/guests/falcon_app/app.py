"""The HTTP contract on Falcon."""

import os

import falcon

import resources
from database import open_pool


class Extra:
    """A route beside the contract's own, to see what a long routing table costs."""

    def __init__(self, number: int) -> None:
        self._number = number

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = f"extra {self._number}"


def create_app() -> falcon.App:
    """Make the app as the environment describes it, with its database pool open."""
    app = falcon.App()
    app.add_error_handler(falcon.MediaValidationError, resources.name_wrong_field)
    app.add_error_handler(RecursionError, resources.refuse_depth)
    for number in range(int(os.environ.get("EXTRA_ROUTES", "0"))):
        app.add_route(f"/extra/{number}", Extra(number))
    pool = open_pool(os.environ.get("DATABASE_URL"))
    app.add_route("/hello", resources.Hello())
    app.add_route("/json", resources.JsonMessage())
    app.add_route("/items", resources.Items())
    app.add_route("/orders", resources.Orders())
    app.add_route("/db", resources.World(pool))
    app.add_route("/queries", resources.Worlds(pool))
    app.add_route("/wait", resources.Wait())
    app.add_route("/feed", resources.Feed())
    return app
