"""The HTTP contract on aiohttp."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from chat import chat
from database import open_pool
from handlers import POOL, routes


async def hold_pool(app: web.Application) -> AsyncIterator[None]:
    """Keep the database pool open while the worker serves."""
    async with open_pool(os.environ.get("DATABASE_URL")) as pool:
        app[POOL] = pool
        yield


def extra_route(number: int) -> web.RouteDef:
    """A route beside the contract's own, to see what a long routing table costs."""

    async def extra(_request: web.Request) -> web.Response:
        return web.Response(text=f"extra {number}")

    return web.get(f"/extra/{number}", extra)


async def make_app() -> web.Application:
    """The application of one worker."""
    app = web.Application()
    app.add_routes([extra_route(number) for number in range(int(os.environ.get("EXTRA_ROUTES", "0")))])
    app.add_routes(routes)
    app.add_routes([web.get("/chat", chat, allow_head=False)])
    app.cleanup_ctx.append(hold_pool)
    aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"))
    return app
