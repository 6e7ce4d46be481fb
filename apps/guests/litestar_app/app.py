"""The HTTP contract on Litestar."""

import asyncio
import os
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any, Final

from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import NotFoundException, ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.params import Parameter
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.plugins.pydantic import PydanticPlugin
from litestar.response import ServerSentEvent, Template
from litestar.template.config import TemplateConfig
from psycopg import AsyncConnection

from chat import channels_plugin, chat
from database import find_world, hold_pool, lend_connection, list_fortunes
from feed import numbered_events
from items import list_items
from models import AcceptedOrder, Items, Message, Order, Waited, World
from orders import accept_order

ADDED_FORTUNE: Final = (0, "Fortune favours the row that was added last.")
MOST_IDS: Final = 500


@get("/hello", media_type=MediaType.TEXT)
async def hello() -> str:
    return "Hello, World!"


@get("/json")
async def json_message() -> Message:
    return Message(message="Hello, World!")


@get("/items")
async def items(
    count: Annotated[int, Parameter(ge=1, le=100)], factor: Annotated[int, Parameter(ge=1, le=1_000_000)]
) -> Items:
    return Items(items=list_items(count, factor))


@post("/orders")
async def orders(data: Order) -> AcceptedOrder:
    return accept_order(data)


@get("/db", dependencies={"connection": Provide(lend_connection)})
async def db(world_id: Annotated[int, Parameter(query="id")], connection: AsyncConnection) -> World:
    return await existing_world(connection, world_id)


@get("/queries", dependencies={"connection": Provide(lend_connection)})
async def queries(ids: str, connection: AsyncConnection) -> list[World]:
    return [await existing_world(connection, world_id) for world_id in integers(ids)]


@get("/fortunes", dependencies={"connection": Provide(lend_connection)})
async def fortunes(connection: AsyncConnection) -> Template:
    rows = await list_fortunes(connection)
    rows.append(ADDED_FORTUNE)
    rows.sort(key=itemgetter(1))
    return Template("fortunes.html", context={"fortunes": rows})


@get("/wait")
async def wait(ms: Annotated[int, Parameter(ge=0, le=10_000)]) -> Waited:
    await asyncio.sleep(ms / 1000)
    return Waited(waited=ms)


@get("/feed")
async def feed(interval_ms: Annotated[int, Parameter(ge=10, le=60_000)]) -> ServerSentEvent:
    return ServerSentEvent(numbered_events(interval_ms), headers={"Cache-Control": "no-store"})


async def existing_world(connection: AsyncConnection, world_id: int) -> World:
    """The row with this id; `NotFoundException` where there is no such row."""
    world = await find_world(connection, world_id)
    if world is None:
        raise NotFoundException
    return world


def integers(text: str) -> list[int]:
    """The integers between the commas, 1 to 500 of them; `ValidationException` where it is no such list."""
    texts = text.split(",")
    if len(texts) > MOST_IDS:
        raise ValidationException(f"ids must hold at most {MOST_IDS} integers")
    try:
        return [int(each) for each in texts]
    except ValueError:
        raise ValidationException("ids must be integers with commas between them") from None


def refuse_body(_request: Request[Any, Any, Any], _error: Exception) -> Response[dict[str, Any]]:
    """What is nested too deep, or no UTF-8, is the client's mistake; Litestar by itself says it was the server's."""
    return Response({"status_code": 400, "detail": "the body can't be read as JSON"}, status_code=400)


def extra_route(number: int) -> HTTPRouteHandler:
    """A route beside the contract's own, to see what a long routing table costs."""

    @get(f"/extra/{number}", media_type=MediaType.TEXT, name=f"extra_{number}")
    async def extra() -> str:
        return f"extra {number}"

    return extra


app = Litestar(
    route_handlers=[
        *(extra_route(number) for number in range(int(os.environ.get("EXTRA_ROUTES", "0")))),
        hello,
        json_message,
        items,
        orders,
        db,
        queries,
        fortunes,
        wait,
        feed,
        chat,
    ],
    lifespan=[hold_pool],
    state=State({"database_url": os.environ.get("DATABASE_URL")}),
    plugins=[PydanticPlugin(validate_strict=True), channels_plugin],
    exception_handlers={RecursionError: refuse_body, UnicodeDecodeError: refuse_body},
    template_config=TemplateConfig(directory=Path(__file__).parent / "templates", engine=JinjaTemplateEngine),
)
