"""The PostgreSQL pool and the statements that run on it."""

import atexit
from collections.abc import Iterable
from typing import Final

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

POOL_SIZE: Final = 16

ONE_WORLD: Final = 'SELECT id, random_number AS "randomNumber" FROM world WHERE id = %s'
ALL_FORTUNES: Final = "SELECT id, message FROM fortune"


def open_pool(url: str | None) -> ConnectionPool | None:
    """Open the pool and wait until every connection is up; `PoolTimeout` after 30 s without a database.

    Call it in the worker process: connections must not be shared over a fork. Without a URL there is no
    pool, and the endpoints that need no database work all the same.
    """
    if not url:
        return None
    pool = ConnectionPool(url, min_size=POOL_SIZE, max_size=POOL_SIZE, kwargs={"autocommit": True}, open=True)
    pool.wait()
    # Later, when the interpreter is going down, the pool's threads run no more and would be waited for in vain.
    atexit.register(pool.close)
    return pool


def find_world(connection: Connection, world_id: int) -> dict[str, int] | None:
    """The row with this id as the API answers it, or None where there is no such row."""
    cursor = connection.cursor(row_factory=dict_row)
    return cursor.execute(ONE_WORLD, (world_id,)).fetchone()


def find_worlds(connection: Connection, world_ids: Iterable[int]) -> list[dict[str, int]] | None:
    """The rows with these ids, one statement each; None as soon as one is missing."""
    worlds = []
    for world_id in world_ids:
        world = find_world(connection, world_id)
        if world is None:
            return None
        worlds.append(world)
    return worlds


def list_fortunes(connection: Connection) -> list[tuple[int, str]]:
    """Id and message of every stored fortune."""
    return connection.execute(ALL_FORTUNES).fetchall()
