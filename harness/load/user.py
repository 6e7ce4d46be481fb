"""The Locust user whose connection the engine drives."""

from typing import ClassVar, override

from locust import User, constant, task

from harness.load.connection import Connection
from harness.load.engine import Engine

_FOREVER_S = 86_400.0


class EngineUser(User):
    """One connection. Locust spawns and stops the user; the engine does its input and output.

    Its only task is to wait: a waiting user can be stopped at any time, gracefully or not.
    """

    abstract = True
    wait_time = constant(_FOREVER_S)
    engine: ClassVar[Engine]
    """The engine of this process; set before the first user is spawned."""

    @override
    def on_start(self) -> None:
        self.connection = Connection()
        self.engine.add(self.connection)

    @override
    def on_stop(self) -> None:
        self.engine.remove(self.connection)

    @task
    def hold(self) -> None:
        """Nothing: what the user does happens in the engine."""


class DriverUser(EngineUser):
    """Concrete, so that Locust spawns it."""
