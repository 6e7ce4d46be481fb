"""The database pool of this process."""

import atexit

from django.conf import settings
from django.db import connection


def open_pool() -> None:
    """Open Django's pool and wait until every connection is up; `PoolTimeout` after 30 s without a database.

    Django itself would open it at the first query. Without `DATABASE_URL` there is no pool, and the
    endpoints that need no database work all the same.
    """
    if settings.DATABASE_URL:
        connection.pool.open(wait=True)
        # Later, when the interpreter is going down, the pool's threads run no more and would be waited for in vain.
        atexit.register(connection.pool.close)
