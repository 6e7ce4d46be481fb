"""The HTTP contract on Tornado: `python app.py` starts its own server."""

import asyncio
import os
import signal
from pathlib import Path
from socket import socket

from psycopg_pool import AsyncConnectionPool
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.process import fork_processes
from tornado.web import Application, RequestHandler, url

import handlers
from chat import ChatHandler
from database import open_pool


def make_app(pool: AsyncConnectionPool | None, extra_routes: int) -> Application:
    """The application, with this many routes before the contract's own."""
    return Application(
        [
            *(url(rf"/extra/{number}", handlers.ExtraHandler, {"number": number}) for number in range(extra_routes)),
            url(r"/hello", handlers.HelloHandler),
            url(r"/json", handlers.JsonHandler),
            url(r"/items", handlers.ItemsHandler),
            url(r"/orders", handlers.OrdersHandler),
            url(r"/db", handlers.DbHandler, {"pool": pool}),
            url(r"/queries", handlers.QueriesHandler, {"pool": pool}),
            url(r"/fortunes", handlers.FortunesHandler, {"pool": pool}),
            url(r"/wait", handlers.WaitHandler),
            url(r"/feed", handlers.FeedHandler),
            url(r"/chat", ChatHandler),
        ],
        template_path=Path(__file__).parent / "templates",
        log_function=log_nothing,
    )


def log_nothing(_handler: RequestHandler) -> None:
    """Tornado writes a log line for each request unless told otherwise."""


async def serve(sockets: list[socket], parent_alive: int) -> None:
    """Serve in this process until SIGTERM, SIGINT, or the end of the parent that forked it."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    loop.add_reader(parent_alive, stopped.set)
    async with open_pool(os.environ.get("DATABASE_URL")) as pool:
        server = HTTPServer(make_app(pool, int(os.environ.get("EXTRA_ROUTES", "0"))))
        server.add_sockets(sockets)
        await stopped.wait()
        server.stop()
        await server.close_all_connections()


def main() -> None:
    """Bind, fork where more than one worker is wanted, and serve."""
    sockets = bind_sockets(int(os.environ.get("PORT", "8000")), os.environ.get("HOST", "127.0.0.1"))
    workers = int(os.environ.get("WORKERS", "1"))
    # Only the parent keeps the writing end, and never writes: its workers read an end of file when it is gone.
    parent_alive, kept_by_parent = os.pipe()
    if workers > 1:
        fork_processes(workers)
        os.close(kept_by_parent)
    asyncio.run(serve(sockets, parent_alive))


if __name__ == "__main__":
    main()
