"""Serves the apps named on the command line, each on a free port, and prints the ports as one line of JSON.

Ends when its standard input does, so that nothing stays behind.
"""

import asyncio
import json
import os
import sys

import chat_faults
import connection_faults
import encoding_faults
import endless_answers
import firewalls
import input_faults
import item_faults
import legal_oddities
import order_faults
import page_faults
import row_faults
import time_faults
from reference import App, Database


def by_name(name: str) -> type[App]:
    if name == "App":
        return App
    modules = (
        row_faults,
        item_faults,
        order_faults,
        page_faults,
        time_faults,
        chat_faults,
        connection_faults,
        input_faults,
        encoding_faults,
        legal_oddities,
        firewalls,
        endless_answers,
    )
    return next(getattr(module, name) for module in modules if hasattr(module, name))


async def main(names: list[str]) -> None:
    database = Database()
    await database.open(os.environ["DATABASE_URL"])
    ports = {}
    for name in names:
        server = await asyncio.start_server(by_name(name)(database).serve, "127.0.0.1", 0)
        ports[name] = server.sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    os._exit(0)  # Feeds without readers are still under way.


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
