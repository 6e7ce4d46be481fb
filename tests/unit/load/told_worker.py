"""A worker without a master: `python told_worker.py` is told a window after the other, and says which it drove.

On standard input: pairs of what is told and the window that it is of, as JSON, `[["bench-order", 1], ["rest", 0]]`.
All that comes before a rest is told at one go.
"""

import json
import sys
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

from harness.load import worker  # first: it changes the standard library  # isort: skip

import gevent

from harness.model.app import Endpoint
from harness.model.window import Mode, WindowSpec

REST_S = 0.05
SPEC = WindowSpec(
    host="127.0.0.1", port=1, endpoint=Endpoint.JSON, mode=Mode.CLOSED, connections=1, lead_in_s=0, duration_s=1
)
driven: list[int] = []


class Runner:
    """Locust's, as far as a worker uses it."""

    def __init__(self, *_: object) -> None:
        self._heard: dict[str, tuple[Any, bool]] = {}

    def register_message(self, kind: str, listener: Any, *, concurrent: bool = False) -> None:
        self._heard[kind] = listener, concurrent

    def send_message(self, kind: str, data: dict[str, Any]) -> None:
        """Nobody hears it."""

    def tell(self, kind: str, data: dict[str, Any]) -> None:
        listener, concurrent = self._heard[kind]
        message = SimpleNamespace(type=kind, data=data)
        if concurrent:
            gevent.spawn(listener, environment=None, msg=message)
        else:
            listener(environment=None, msg=message)


def drive(engine: Any, spec: WindowSpec, _: Any, rendezvous: Any) -> None:
    rendezvous.begin(engine)
    if rendezvous.abandoned():
        raise worker.Abandoned
    driven.append(spec.seed)
    raise OSError("as far as this goes")


vars(worker).update(Engine=MagicMock(), run_window=drive)
worker.Environment.create_worker_runner = Runner  # type: ignore[assignment,method-assign]
runner: Any = worker.Worker("here", 1).runner
for what, window in json.load(sys.stdin):
    if what == "rest":
        gevent.sleep(REST_S)
        continue
    spec = {"spec": SPEC.model_copy(update={"seed": window}).model_dump(mode="json")} if what == worker.ORDER else {}
    runner.tell(what, {"window": window, **spec})
print(json.dumps(driven))
