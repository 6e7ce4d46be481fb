"""The endpoints of the HTTP contract as in `views`, but rows pass through SQLAlchemy's ORM."""

from operator import itemgetter
from typing import Any

from flask import Blueprint, abort, current_app, render_template
from sqlalchemy import select
from sqlalchemy.exc import DataError

from models import Fortune, World, database
from parameters import integer, integers
from views import ADDED_FORTUNE, feed, hello, items, json_message, orders, wait

contract = Blueprint("contract", __name__)
contract.get("/hello")(hello)
contract.get("/json")(json_message)
contract.get("/items")(items)
contract.post("/orders")(orders)
contract.get("/wait")(wait)
contract.get("/feed")(feed)


@contract.errorhandler(DataError)
def no_such_row(_error: DataError) -> tuple[str, int]:
    """Of a number that the column's type can't hold."""
    return "No row has this id.", 404


def find_world(world_id: int) -> World:
    """The row with this id; status 404 where there is no such row, 503 where the app has no database."""
    if "sqlalchemy" not in current_app.extensions:
        abort(503, "DATABASE_URL is not set")
    return database.one_or_404(select(World).where(World.id == world_id))


@contract.get("/db")
def db() -> dict[str, Any]:
    return find_world(integer("id")).as_json()


@contract.get("/queries")
def queries() -> list[Any]:
    return [find_world(world_id).as_json() for world_id in integers("ids", most=500)]


@contract.get("/fortunes")
def fortunes() -> str:
    if "sqlalchemy" not in current_app.extensions:
        abort(503, "DATABASE_URL is not set")
    rows = [(each.id, each.message) for each in database.session.scalars(select(Fortune))]
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return render_template("fortunes.html", fortunes=rows)
