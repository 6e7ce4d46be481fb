"""A chat whose faults are known, so that what is counted can be compared with the truth.

`python chatting.py FAULT [N]` listens on a free port of 127.0.0.1 and prints it; when standard input closes, it prints
how often it did wrong, and ends. Faults of a delivery, one message to one member, are done to every Nth of them:
`lose`, `twice`, `change` (a byte), `swap` (with the member's next), `stray` (also to a member of another room). Others:
`none`; `swallow N` (every Nth message is given to nobody); `late N` (all come N ms late); `drop N` (closes a member's
connection after it has said N things); `silent` (opens and never says anything); `refuse` (answers 403); `extend`
(agrees to an extension that nobody asked for); `masked`, `packed`, `latin` (begins with a frame that no server sends:
masked, marked as compressed, or a text that is no UTF-8); `binary`; `fragments` (legal: each in three, with pings
between).
"""

import asyncio
import sys
from collections import defaultdict
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Request, Response, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

WRONG_FRAMES = {"masked": b"\x81\x82\0\0\0\0hi", "packed": b"\xc1\x02hi", "latin": b"\x81\x02h\xe9"}

fault = sys.argv[1]
number = int(sys.argv[2]) if len(sys.argv) > 2 else 1
rooms: dict[str, list[ServerConnection]] = defaultdict(list)
kept: dict[ServerConnection, str] = {}
deliveries = messages = faults = 0


async def send(member: ServerConnection, text: str) -> None:
    try:
        match fault:
            case "binary":
                await member.send(text.encode())
            case "fragments":
                await member.send(iter((text[:3], text[3:9], text[9:])))
                await member.ping()
            case _:
                await member.send(text)
    except ConnectionClosed:
        pass


async def deliver(member: ServerConnection, room: str, text: str) -> None:
    """One message to one member, in whatever wrong way."""
    global deliveries, faults  # noqa: PLW0603 - a script
    deliveries += 1
    wrong = deliveries % number == 0
    before = kept.pop(member, None)
    faults += wrong and fault in {"lose", "twice", "change", "swap", "stray"}
    match fault, wrong:
        case "lose", True:
            return
        case "twice", True:
            await send(member, text)
        case "change", True:
            text = text[:-1] + chr(ord(text[-1]) ^ 1)
        case "swap", True:
            kept[member] = text
            if before is not None:
                await send(member, before)
            return
        case "stray", True:
            others = [each for name, members in rooms.items() if name != room for each in members]
            for other in others[:1]:
                await send(other, text)
    await send(member, text)
    if before is not None:
        await send(member, before)


async def chat(member: ServerConnection) -> None:
    global messages, faults  # noqa: PLW0603 - a script
    (room,) = parse_qs(urlsplit(member.request.path).query)["room"]
    rooms[room].append(member)
    member.transport.write(WRONG_FRAMES.get(fault, b""))
    said = 0
    try:
        async for text in member:
            said += 1
            if fault == "silent":
                continue
            if text.endswith("is here"):
                for each in tuple(rooms[room]):
                    await send(each, text)
                continue
            if fault == "late":
                asyncio.get_running_loop().call_later(number / 1000, spread, room, text)
                continue
            messages += 1
            if fault == "swallow" and messages % number == 0:
                faults += 1
                continue
            for each in tuple(rooms[room]):
                await deliver(each, room, text)
            if fault == "drop" and said == number:
                await member.close(1011, "enough said")
    except ConnectionClosed:
        pass
    finally:
        rooms[room].remove(member)


later: set[asyncio.Task[None]] = set()


def spread(room: str, text: str) -> None:
    """Send to all in a room, each at its own time."""
    for each in tuple(rooms[room]):
        task = asyncio.ensure_future(send(each, text))
        later.add(task)
        task.add_done_callback(later.discard)


def answer(member: ServerConnection, request: Request, response: Response) -> Response:  # noqa: ARG001 - a hook
    if fault == "extend":
        response.headers["Sec-WebSocket-Extensions"] = "permessage-deflate"
    return response


def turn_away(member: ServerConnection, request: Request) -> Response | None:  # noqa: ARG001 - a hook
    return member.respond(HTTPStatus.FORBIDDEN, "members only\n") if fault == "refuse" else None


async def main() -> None:
    async with serve(
        chat, "127.0.0.1", 0, compression=None, ping_interval=None, process_request=turn_away, process_response=answer
    ) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        print(faults, flush=True)


asyncio.run(main())
