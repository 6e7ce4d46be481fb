"""The application: `app:app`."""

import os
from collections.abc import AsyncIterator
from typing import Any

from pydantic import ValidationError
from quart import Quart, Response
from quart_schema import QuartSchema, RequestSchemaValidationError

from chat import chat
from database import open_pool
from views import contract

app = Quart(__name__)
QuartSchema(app)


@app.while_serving
async def hold_pool() -> AsyncIterator[None]:
    """Keep the database pool open while the worker serves."""
    async with open_pool(os.environ.get("DATABASE_URL")) as pool:
        app.extensions["database"] = pool
        yield


@app.errorhandler(RequestSchemaValidationError)
async def refuse(error: RequestSchemaValidationError) -> tuple[dict[str, Any], int]:
    """Say what is wrong with a body, which the extension leaves to the app."""
    cause = error.validation_error
    if not isinstance(cause, ValidationError):
        return {"error": str(cause)}, 400
    return {"errors": [{"at": each["loc"], "error": each["msg"]} for each in cause.errors()]}, 400


@app.errorhandler(RecursionError)
@app.errorhandler(UnicodeDecodeError)
async def refuse_body(_error: Exception) -> tuple[dict[str, Any], int]:
    """What is nested too deep, or no UTF-8, is the client's mistake; Quart by itself says it was the server's."""
    return {"error": "the body can't be read as JSON"}, 400


def add_extra_route(number: int) -> None:
    """A route beside the contract's own, to see what a long routing table costs."""

    @app.get(f"/extra/{number}", endpoint=f"extra_{number}")
    async def extra() -> Response:
        return Response(f"extra {number}", mimetype="text/plain")


for extra_number in range(int(os.environ.get("EXTRA_ROUTES", "0"))):
    add_extra_route(extra_number)
app.register_blueprint(contract)
app.register_blueprint(chat)
