"""A small server that starts, or answers, as few do: as its first argument says. Standard library only."""

import gzip
import os
import socket
import sys
import time

HOST, PORT = os.environ["HOST"], int(os.environ["PORT"])
BODY = b"Hello, World!"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
RIGHT = OK + b"Content-Length: 13\r\n\r\n" + BODY
ZIPPED = gzip.compress(BODY)
ANSWERS = {
    "right": RIGHT,
    "until-the-end": OK + b"\r\n" + BODY,
    "hints": b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n" + RIGHT,
    "two-lengths": OK + b"Content-Length: 13\r\nContent-Length: 13\r\n\r\n" + BODY,
    "plus": OK + b"Content-Length: +13\r\n\r\n" + BODY,
    "both-framings": OK + b"Content-Length: 13\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n" + BODY + b"\r\n0\r\n\r\n",
    "gzip": OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(ZIPPED) + ZIPPED,
    "upgrade": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    "no-http": b"220 mail server ready\r\n",
    "half": RIGHT[:-5],
    "nothing": b"",
    "hints-only": b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n",
    "unending": RIGHT[:-5],
    "teapot": b"HTTP/1.1 418 I'm a teapot\r\nContent-Length: 4\r\n\r\ntea?",
}


def serve(listener: socket.socket, answer: bytes, *, close: bool = True) -> None:
    held = []
    while True:
        connection, _ = listener.accept()
        held.append(connection)
        connection.recv(65_536)
        connection.sendall(answer)
        if close:
            connection.close()


def listen(host: str, port: int, family: socket.AddressFamily = socket.AF_INET) -> socket.socket:
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family is socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((host, port))
    listener.listen()
    return listener


def main(behaviour: str) -> None:
    match behaviour:
        case "version-6" | "version-6-loopback":
            serve(listen("::" if behaviour == "version-6" else "::1", PORT, socket.AF_INET6), RIGHT)
        case "version-6-first":
            # Nobody should think that it will stay at this.
            first = listen("::1", PORT, socket.AF_INET6)
            time.sleep(0.3)
            serve(listen(HOST, PORT), RIGHT)
            first.close()
        case "another-port":
            serve(listen(HOST, int(sys.argv[2])), RIGHT)
        case "second-port":
            listen(HOST, int(sys.argv[-1]))
        case "missing-module":
            import no_such_module  # noqa: F401, PLC0415 - what this behaviour is
        case "own-port-twice":
            own = listen(HOST, PORT)
            try:
                listen(HOST, PORT)
            except OSError as error:
                own.close()
                sys.exit(f"[Errno 98] error while attempting to bind on address ('{HOST}', {PORT}): {error.strerror}")
        case _:
            serve(listen(HOST, PORT), ANSWERS[behaviour], close=behaviour != "unending")


if __name__ == "__main__":
    main(sys.argv[1])
