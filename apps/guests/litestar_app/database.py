"""The PostgreSQL pool, the dependency that lends a connection, and the statements that run on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import ServiceUnavailableException
from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from models import World

POOL_SIZE: Final = 16
OPENING_TIMEOUT_S: Final = 30.0

ONE_WORLD: Final = "SELECT id, random_number FROM world WHERE id = %s"
ALL_FORTUNES: Final = "SELECT id, message FROM fortune"


@asynccontextmanager
async def hold_pool(app: Litestar) -> AsyncIterator[None]:
    """Keep the pool open while the worker serves; `PoolTimeout` without a database.

    Without a URL there is no pool, and the endpoints that need no database work all the same.
    """
    url = app.state.database_url
    app.state.pool = None
    if not url:
        yield
        return
    pool = AsyncConnectionPool(url, min_size=POOL_SIZE, max_size=POOL_SIZE, kwargs={"autocommit": True}, open=False)
    async with pool:
        await pool.wait(timeout=OPENING_TIMEOUT_S)
        app.state.pool = pool
        yield


async def lend_connection(state: State) -> AsyncIterator[AsyncConnection]:
    """A connection for one request; `ServiceUnavailableException` where the app was started without a database."""
    if state.pool is None:
        raise ServiceUnavailableException("DATABASE_URL is not set")
    async with state.pool.connection() as connection:
        yield connection


async def find_world(connection: AsyncConnection, world_id: int) -> World | None:
    """The row with this id, or None where there is no such row."""
    cursor = connection.cursor(row_factory=class_row(World))
    await cursor.execute(ONE_WORLD, (world_id,))
    return await cursor.fetchone()


async def list_fortunes(connection: AsyncConnection) -> list[tuple[int, str]]:
    """Id and message of every stored fortune."""
    cursor = await connection.execute(ALL_FORTUNES)
    return await cursor.fetchall()
