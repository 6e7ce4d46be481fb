"""A feed whose faults are known, so that what is counted can be compared with the truth.

`python feeding.py FAULT` listens on a free port of 127.0.0.1 and prints it; it ends when standard input closes. The
fault is one of: none; `hold N` (answers but the first N never), `skip N` (leaves every Nth event out), `late N` (sends
every event but the first N ms late), `drop N` (closes after N events), `refuse` (answers 503), `hints` (sends interim
responses first, and all up to the first event byte by byte), `cr`, `colon`, `spaces` (legal spellings that few use),
`words` (sends events that are none of the contract's).
"""

import asyncio
import json
import sys
import time

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"

fault = sys.argv[1]
number = int(sys.argv[2]) if len(sys.argv) > 2 else 0
answered = 0


def spelled(sequence: int, data: str) -> bytes:
    text = f": a comment\n\nid: {sequence}\ndata: {data}\n\n"
    match fault:
        case "cr":
            text = text.replace("\n", "\r")
        case "colon":
            text = text.replace('":', '" :')
        case "spaces":
            text = text.replace("id: ", "id:  ")
        case "words":
            text = f"id: {sequence}\ndata: tick of the clock\n\n"
    return text.encode()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    global answered  # noqa: PLW0603 - a script
    try:
        request = await reader.readuntil(b"\r\n\r\n")
        interval_s = int(request.split(b"interval_ms=")[1].split(b" ")[0]) / 1000
        answered += 1
        if fault == "refuse":
            writer.write(UNAVAILABLE)
            return
        if fault == "hold" and answered > number:
            await asyncio.sleep(60)
        for byte in HINTS + OK if fault == "hints" else b"":
            writer.write(bytes([byte]))
            await asyncio.sleep(0)
        if fault != "hints":
            writer.write(OK)
        began = time.monotonic()
        for sequence in range(1, 10_000):
            if not (fault == "skip" and sequence % number == 0):
                event = spelled(sequence, json.dumps({"sequence": sequence, "sent_at_ns": time.time_ns()}))
                # In two chunks, and the second is cut where an event is not.
                for part in (event[:20], event[20:]):
                    writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                    await writer.drain()
            if fault == "drop" and sequence == number:
                return
            late_s = number / 1000 if fault == "late" else 0.0
            await asyncio.sleep(began + sequence * interval_s + late_s - time.monotonic())
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
