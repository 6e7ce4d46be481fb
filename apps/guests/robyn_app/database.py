"""The PostgreSQL pool and the statements that run on it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

POOL_SIZE: Final = 16
OPENING_TIMEOUT_S: Final = 30.0

ONE_WORLD: Final = 'SELECT id, random_number AS "randomNumber" FROM world WHERE id = %s'
ALL_FORTUNES: Final = "SELECT id, message FROM fortune"


@asynccontextmanager
async def open_pool(url: str | None) -> AsyncIterator[AsyncConnectionPool | None]:
    """Open the pool and wait until every connection is up; `PoolTimeout` without a database.

    Without a URL there is no pool, and the endpoints that need no database work all the same.
    """
    if not url:
        yield None
        return
    pool = AsyncConnectionPool(url, min_size=POOL_SIZE, max_size=POOL_SIZE, kwargs={"autocommit": True}, open=False)
    async with pool:
        await pool.wait(timeout=OPENING_TIMEOUT_S)
        yield pool


async def find_world(connection: AsyncConnection, world_id: int) -> dict[str, int] | None:
    """The row with this id as the API answers it, or None where there is no such row."""
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(ONE_WORLD, (world_id,))
    return await cursor.fetchone()


async def find_worlds(connection: AsyncConnection, world_ids: Iterable[int]) -> list[dict[str, int]] | None:
    """The rows with these ids, one statement each; None as soon as one is missing."""
    worlds = []
    for world_id in world_ids:
        world = await find_world(connection, world_id)
        if world is None:
            return None
        worlds.append(world)
    return worlds


async def list_fortunes(connection: AsyncConnection) -> list[tuple[int, str]]:
    """Id and message of every stored fortune."""
    cursor = await connection.execute(ALL_FORTUNES)
    return await cursor.fetchall()
