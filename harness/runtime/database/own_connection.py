"""The harness's own connections to PostgreSQL: what the URL says, and nothing from outside."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

import psycopg

_PREFIX: Final = "PG"
"""Of every environment variable that libpq reads (PGPORT, PGSERVICE, PGOPTIONS, PGTZ and some forty more)."""

_turn: Final = Lock()


def connect(url: str, *, timeout_s: int | None = None) -> psycopg.Connection:
    """Connect, each statement being a transaction of its own.

    libpq fills whatever a URL leaves open from environment variables, and sends some (PGTZ, PGOPTIONS) beside it. A
    developer's shell has them for another server, so none of them reaches this connection; what the user wants of
    their own server stands in its URL.

    Raises psycopg.Error where it fails; `timeout_s` is whole seconds for each address.
    """
    with _without_variables():
        return psycopg.connect(url, autocommit=True, connect_timeout=timeout_s)


@contextmanager
def _without_variables() -> Iterator[None]:
    with _turn:  # Another thread must not take the gap for the environment.
        hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(_PREFIX)}
        try:
            yield
        finally:
            os.environ.update(hidden)
