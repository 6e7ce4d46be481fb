"""A small HTTP server that behaves, or misbehaves, as its first argument says. Standard library only."""

import os
import signal
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


class Hello(BaseHTTPRequestHandler):
    body = b"Hello, World!"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


def serve() -> None:
    HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Hello).serve_forever()


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def sleep_for_ever() -> None:
    while True:
        time.sleep(60)


def crash() -> None:
    print("this is why it crashed", flush=True)
    sys.exit(3)


def hang() -> None:
    sleep_for_ever()


def busy() -> None:
    while True:
        burn(1.0)


def late() -> None:
    burn(1.0)
    serve()


def silent() -> None:
    with socket.create_server((os.environ["HOST"], int(os.environ["PORT"]))):
        sleep_for_ever()


def wrong() -> None:
    Hello.body = b"Goodbye!"
    serve()


def workers() -> None:
    """A master with two workers that share its socket, as pre-forking servers do."""
    server = HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Hello)
    for _ in range(2):
        if os.fork() == 0:
            server.serve_forever()
    sleep_for_ever()


def stubborn() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    serve()


def runaway() -> None:
    """A worker that leaves its session and its parent, as a daemon does, and ignores SIGTERM."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            sleep_for_ever()
        os._exit(0)
    os.wait()
    serve()


def spender() -> None:
    """Spends 0.3 s of CPU time in a child that ends, and 0.2 s in itself."""
    if os.fork() == 0:
        burn(0.3)
        os._exit(0)
    os.wait()
    burn(0.2)
    serve()


def orphan() -> None:
    """The same, but that child has lost its own parent, and is collected by whoever adopts orphans."""
    done, held = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            burn(0.3)
        os._exit(0)
    os.wait()
    os.close(held)
    os.read(done, 1)  # Ends when the orphan has ended.
    burn(0.2)
    serve()


def environment() -> None:
    for name in sorted(os.environ):
        print(f"{name}={os.environ[name]}", flush=True)
    print("affinity", sorted(os.sched_getaffinity(0)), flush=True)
    serve()


if __name__ == "__main__":
    globals()[sys.argv[1]]()
