"""Locust's own users, measured window by window as the engine is, for comparison.

`python -m harness.load.calibration.stock_users FastHttpUser` takes a `StockWindow` in JSON from each line on standard
input and answers with a `StockReport`. Between windows no user runs.
"""

import logging
import os
import sys
import time
from typing import ClassVar

import gevent
from gevent.socket import wait_read
from locust import FastHttpUser, HttpUser, User, constant, task
from locust.env import Environment

from harness.load.calibration.stock_window import StockReport, StockWindow
from harness.model.calibration import Tool

_RIGHT = b"Hello, World!"
_READ_BYTES = 4096


class _FastUser(FastHttpUser):
    wait_time = constant(0)
    wrong: ClassVar[int] = 0

    @task
    def hello(self) -> None:
        if self.client.get("/hello").content != _RIGHT:
            _FastUser.wrong += 1


class _StandardUser(HttpUser):
    wait_time = constant(0)
    wrong: ClassVar[int] = 0

    @task
    def hello(self) -> None:
        if self.client.get("/hello").content != _RIGHT:
            _StandardUser.wrong += 1


_USERS: dict[Tool, type[_FastUser | _StandardUser]] = {Tool.FAST_HTTP_USER: _FastUser, Tool.HTTP_USER: _StandardUser}


def main() -> None:
    """Serve windows until standard input ends."""
    logging.getLogger("locust").setLevel(logging.ERROR)
    user_class = _USERS[Tool(sys.argv[1])]
    stdin = sys.stdin.fileno()
    while True:
        wait_read(stdin)
        line = os.read(stdin, _READ_BYTES)
        if not line:
            return
        report = _window(user_class, StockWindow.model_validate_json(line))
        os.write(sys.stdout.fileno(), report.model_dump_json().encode() + b"\n")


def _window(user_class: type[_FastUser | _StandardUser], asked: StockWindow) -> StockReport:
    classes: list[type[User]] = [user_class]
    environment = Environment(user_classes=classes, host=f"http://127.0.0.1:{asked.port}")
    runner = environment.create_local_runner()
    user_class.wrong = 0
    runner.start(user_count=asked.connections, spawn_rate=asked.connections)
    gevent.sleep(asked.lead_in_s)
    total = environment.stats.total
    # Timers of the hub are late; what has passed is read from the clocks, and the counts with them.
    began_ns, began_cpu_ns, began = time.monotonic_ns(), time.process_time_ns(), total.num_requests
    served_cpu_ns = time.clock_gettime_ns(asked.responder_clock)
    gevent.sleep(asked.duration_s)
    report = StockReport(
        requests=total.num_requests - began,
        elapsed_ns=time.monotonic_ns() - began_ns,
        cpu_ns=time.process_time_ns() - began_cpu_ns,
        responder_cpu_ns=time.clock_gettime_ns(asked.responder_clock) - served_cpu_ns,
        failures=0,
        requests_total=0,
    )
    runner.quit()
    return report.model_copy(
        update={"failures": total.num_failures + user_class.wrong, "requests_total": total.num_requests}
    )


if __name__ == "__main__":
    main()
