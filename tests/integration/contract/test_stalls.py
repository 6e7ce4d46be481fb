"""A server that is slow once, since its host stood still, is not refuted by that: what a value does, it does again."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness.contract.conformance import check
from harness.contract.conformance.hostile import CHECKS
from harness.model.app import Endpoint
from harness.model.conformance import CheckResult, Outcome, Target

PATIENCE_S = 2.0
SHORT_S = 0.5
"""Where all that matters is answered too late anyway."""
ROWS = {f"/db?id={number}": {"id": number, "randomNumber": 7} for number in (1, 2, 4_711, 10_000)}

type Stands = Callable[[list[str]], bool]
"""Whether it stands still, by all paths that it was asked for, the present one last."""


@contextmanager
def serving(stands: Stands) -> Iterator[Target]:
    """Shows some rows and refuses all else."""
    over = threading.Event()
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.path)
            if stands(asked):
                over.wait()
                self.close_connection = True
                return
            row = ROWS.get(self.path)
            body = json.dumps(row or {}).encode()
            self.send_response(400 if row is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serves = threading.Thread(target=server.serve_forever)
        serves.start()
        try:
            yield Target(host="127.0.0.1", port=server.server_port)
        finally:
            over.set()
            server.shutdown()
            serves.join()


def checked(stands: Stands, patience_s: float = PATIENCE_S) -> dict[str, CheckResult]:
    checks = [each for each in CHECKS if each.endpoint is Endpoint.DB or each.name == "data unchanged"]
    with serving(stands) as target:
        report = check(target, (Endpoint.DB,), statements=None, patience_s=patience_s, checks=checks)
    return {each.check: each for each in report.results}


def test_a_hostile_value_that_was_answered_late_once_refutes_nothing() -> None:
    found = checked(lambda asked: len(asked) == 20)["hostile parameter"]
    assert "no complete answer in time" in found.found
    assert not found.refutes


def test_one_that_is_answered_late_each_time_does() -> None:
    found = checked(lambda asked: asked[-1] not in ROWS, SHORT_S)["hostile parameter"]
    assert "no complete answer in time" in found.found
    assert found.refutes


def test_rows_that_were_read_late_once_are_as_they_were() -> None:
    found = checked(lambda asked: asked.count("/db?id=2") == 2 and asked[-1] == "/db?id=2")["data unchanged"]
    assert found.outcome is Outcome.PASSED, found.found


def test_rows_that_can_not_be_read_any_more_are_not() -> None:
    found = checked(lambda asked: asked.count("/db?id=2") >= 2 and asked[-1] == "/db?id=2", SHORT_S)["data unchanged"]
    assert found.outcome is not Outcome.PASSED
