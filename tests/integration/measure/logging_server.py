"""A server of `/hello` that writes to its log what `HABIT` says."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import override

HABIT = os.environ["HABIT"]
OWN_FILE = "own.log"
RIGHT = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!"
answered = 0
own = Path(OWN_FILE).open("a") if OWN_FILE in HABIT else sys.stderr  # noqa: SIM115 - it stays open, as a log does


def write_of_request() -> None:
    match HABIT:
        case "each request":
            sys.stderr.write(f"INFO answered request {answered} in 0.{answered} ms\n")
        case "each request, kept back":
            print(f"INFO answered request {answered}")  # stdout is a file here: this is written by the block
        case "each request, the last ones lost":
            print(f"INFO answered request {answered}", flush=answered % 64 == 0)
        case "each request, to own.log":
            own.write(f"INFO answered request {answered}\n")
            own.flush()
        case "each request, to own.log, kept back":
            own.write(f"INFO answered request {answered}\n")
        case "now and then, to own.log" if answered % 20 == 0:
            own.write(f"INFO {answered} requests so far\n")
        case "a warning once" if answered == 1:
            sys.stderr.write("a warning of many lines:\n" + "".join(f"  see page {page}\n" for page in range(40)))
        case "now and then" if answered % 20 == 0:
            sys.stderr.write(f"INFO {answered} requests so far\n")


class Connection(asyncio.Protocol):
    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if HABIT == "each connection":
            sys.stderr.write("INFO a client has connected\n")

    @override
    def data_received(self, data: bytes) -> None:
        global answered  # noqa: PLW0603 - one count for the process
        for _ in range(data.count(b"\r\n\r\n")):
            answered += 1
            write_of_request()
            self.transport.write(RIGHT)


def end() -> None:
    """Between two callbacks: an exception raised within one, as by a handler of `signal`, leaves asyncio in pieces."""
    sys.stdout.flush()
    own.flush()
    os._exit(0)


async def main() -> None:
    if HABIT != "each request, the last ones lost":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
    if HABIT == "each route at its start":
        sys.stderr.write("".join(f"INFO added route /extra/{number}\n" for number in range(60)))
    server = await asyncio.get_running_loop().create_server(Connection, os.environ["HOST"], int(os.environ["PORT"]))
    await server.serve_forever()


asyncio.run(main())
