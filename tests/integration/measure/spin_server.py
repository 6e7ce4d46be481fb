"""A server that does the same for each request, one after the other: so much CPU time, whatever the host's speed."""

import asyncio
import os
import time
from contextlib import suppress
from typing import override

WORK_S = 0.002
RIGHT = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!"


class Worker(asyncio.Protocol):
    """One connection."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._received = b""

    @override
    def data_received(self, data: bytes) -> None:
        *requests, self._received = (self._received + data).split(b"\r\n\r\n")
        for _ in requests:
            until_s = time.thread_time() + WORK_S
            while time.thread_time() < until_s:
                pass
            self._transport.write(RIGHT)


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Worker, os.environ["HOST"], int(os.environ["PORT"]))
    await server.serve_forever()


if __name__ == "__main__":
    with suppress(PermissionError):  # What else runs on this host is not to make it wait.
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    asyncio.run(main())
