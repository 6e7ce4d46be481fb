"""The PostgreSQL pool, the dependency that lends a connection, and the statements that run on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request
from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from models import World

POOL_SIZE: Final = 16
OPENING_TIMEOUT_S: Final = 30.0

ONE_WORLD: Final = "SELECT id, random_number FROM world WHERE id = %s"
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


async def lend_connection(request: Request) -> AsyncIterator[AsyncConnection]:
    """A connection for one request; `HTTPException` 503 where the app was started without a database."""
    pool: AsyncConnectionPool | None = request.state.pool
    if pool is None:
        raise HTTPException(503, "DATABASE_URL is not set")
    async with pool.connection() as connection:
        yield connection


Connection = Annotated[AsyncConnection, Depends(lend_connection)]


async def find_world(connection: AsyncConnection, world_id: int) -> World | None:
    """The row with this id, or None where there is no such row."""
    cursor = connection.cursor(row_factory=class_row(World))
    await cursor.execute(ONE_WORLD, (world_id,))
    return await cursor.fetchone()


async def list_fortunes(connection: AsyncConnection) -> list[tuple[int, str]]:
    """Id and message of every stored fortune."""
    cursor = await connection.execute(ALL_FORTUNES)
    return await cursor.fetchall()
